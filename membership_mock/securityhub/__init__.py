"""AWS Security Hub: administrators, members, organizations, findings across accounts."""
