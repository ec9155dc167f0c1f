"""How requests come in: botocore clients, HTTP clients, and the network guard.

An adapter takes a request in and wraps the answer for its client. `dispatch` decides for all of
them what happens to a request. Nothing here knows a service.
"""
