"""The seeds: each creates a wanted state with one call, by the rules of the API.

A seed makes real calls through `setup`, and returns what it has made. It never writes into a store
of a service, because then it could make a state that AWS does not allow.
"""
