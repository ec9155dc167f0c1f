"""Findings: their format, store, filters and order, their import and their updates.

This is the top of Security Hub: the folder may import all others, and none of them imports it.
"""
