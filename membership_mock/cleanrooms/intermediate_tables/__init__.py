"""Intermediate tables: stored analyses with their results, for use in later analyses."""
