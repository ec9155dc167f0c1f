"""Security Hub V2: the unified service beside the older one, with findings in OCSF."""
