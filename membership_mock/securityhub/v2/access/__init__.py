"""Who may do what in Security Hub V2, and sees which accounts and Regions."""
