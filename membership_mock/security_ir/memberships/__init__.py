"""Memberships: covered accounts, the response team, the end of a membership, finding metrics.

Nothing here knows cases.
"""
