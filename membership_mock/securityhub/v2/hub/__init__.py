"""The hub of Security Hub V2: features and free trials."""
