"""The delegated administrator, and what it configures for new accounts of the organization."""
