"""Findings: their format, store, filters and order, GetFindings and their updates.

Their import, which depends on products and automation rules, is in ``triage``, which imports this
folder.
"""
