"""The numbers of findings and resources, day by day."""
