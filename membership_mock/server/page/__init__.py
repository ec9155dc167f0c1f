"""The page that a browser shows: the world, and the calls as they come."""
