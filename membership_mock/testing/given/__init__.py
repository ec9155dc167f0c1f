"""Seeds: the world in a wanted state, in one call each, by the rules of the API."""
