"""Memberships: who is covered, the incident response team, the end of a membership, finding metrics.

Nothing here knows cases.
"""
