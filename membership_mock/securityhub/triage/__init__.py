"""Triage: products that send findings, insights, custom actions, automation rules, history.

Findings themselves, with their format, filters, import and updates, are in ``findings``.
"""
