"""The resources of Security Hub V2."""
