"""Remediations of exposures, and recommended policies for unused permissions."""
