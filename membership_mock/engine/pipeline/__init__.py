"""The steps from a request to its answer: authorization, hooks, idempotency, handler, call record.

Backends, families and marked operations are defined here. No file here knows moto, botocore's
clients, or the adapter that a request came from.
"""
