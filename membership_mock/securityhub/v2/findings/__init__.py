"""Findings in OCSF: what the older service imports, shown anew, and what tests add."""
