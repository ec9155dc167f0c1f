"""Hubs: an account that has a hub in a region is subscribed to Security Hub there.

State that belongs to a hub, such as standards, follows it with the hooks of `SecurityHubFamily`. So
nothing here imports standards, findings or the operations on members.
"""
