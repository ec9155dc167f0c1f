"""The resources that Security Hub V2 knows of."""
