"""Memberships: covered accounts, the response team, the end of a membership, finding metrics.

Cases depend on memberships. So no file here imports cases, or another folder that imports cases.
"""
