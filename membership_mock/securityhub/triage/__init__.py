"""Triage: the import of findings, products, automation rules, insights, custom actions, history.

This is the top of Security Hub: the folder may import all others, and none of them imports it.
"""
