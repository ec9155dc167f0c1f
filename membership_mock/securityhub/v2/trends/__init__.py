"""How many findings and resources there were, day by day."""
