"""Finding aggregators: the home region and the regions linked to it."""
