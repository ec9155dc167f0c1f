"""AWS Security Hub: administrators, members, invitations, organizations, findings across accounts."""
