"""The delegated administrator of Security Hub V2, and who may do what because of it."""
