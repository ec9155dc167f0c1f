"""Organizations in a line, whose accounts come and go."""
