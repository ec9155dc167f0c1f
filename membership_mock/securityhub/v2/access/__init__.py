"""Rights in Security Hub V2: the role of the caller, and the accounts and Regions that it sees."""
