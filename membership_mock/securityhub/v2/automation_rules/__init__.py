"""Automation rules of Security Hub V2."""
