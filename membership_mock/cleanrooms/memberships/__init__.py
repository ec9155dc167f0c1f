"""Memberships: one account's part in a collaboration, and where its results go."""
