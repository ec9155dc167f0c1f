"""Findings in OCSF: those that the older service imports, and those that tests add."""
