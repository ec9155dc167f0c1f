"""The stores of Security Hub V2, by kind."""
