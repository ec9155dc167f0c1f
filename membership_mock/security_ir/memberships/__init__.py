"""Memberships: covered accounts, the response team, the end of a membership, finding metrics.

Cases depend on memberships. So nothing here imports cases, or anything else that depends on them.
"""
