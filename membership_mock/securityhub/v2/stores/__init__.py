"""What Security Hub V2 keeps, by kind."""
