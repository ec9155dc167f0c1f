"""Remediations of exposures, and policies that are recommended for unused permissions."""
