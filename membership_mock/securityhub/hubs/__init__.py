"""Hubs: an account that has one in a region uses Security Hub there."""
