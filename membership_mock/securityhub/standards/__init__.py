"""Security standards: the catalogue of each region, and the subscriptions of accounts.

Only hubs and relationships are known here; configuration policies import this folder.
"""
