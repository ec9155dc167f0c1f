"""The world as a picture: who administers whom, who sits in which room."""

from __future__ import annotations
