"""Intermediate tables: stored analyses and their results, to be used in later analyses."""
