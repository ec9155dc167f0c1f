"""Associations of configured audience models of Clean Rooms ML, which make lookalike segments."""
