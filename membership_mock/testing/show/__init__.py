"""The world, shown: as a tree of text, and as a picture."""
