"""Administrator and member accounts, by invitation or by organization.

The association of two accounts is stored once.
"""
