"""The world as a tree of text."""

from __future__ import annotations
