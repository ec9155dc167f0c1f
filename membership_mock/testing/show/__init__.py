"""The world for people to read: a tree of text, and a picture as Mermaid or SVG.

Everything here only reads: no status changes and no call is recorded. What a service has to show
is said by its stores, not here.
"""
