"""AWS Clean Rooms (``cleanrooms``): one file per family of resources."""
