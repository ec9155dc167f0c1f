"""Triage: the import of findings, products, automation rules, insights, custom actions, history.

This folder may import all other folders of Security Hub, and none of them imports it.
"""
