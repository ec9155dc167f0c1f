"""How requests come in: botocore clients, HTTP clients, and the network guard.

An adapter takes a request in and wraps the answer. It knows no service, and what happens to a
request is decided elsewhere.
"""
