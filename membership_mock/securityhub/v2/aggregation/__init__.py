"""Aggregators: the home Region and the Regions that are linked to it."""
