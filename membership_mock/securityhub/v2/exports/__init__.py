"""Export jobs of Security Hub V2."""
