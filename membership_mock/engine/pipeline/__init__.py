"""The steps from a request to its answer: authorization, hooks, idempotency, handler, call record.

Backends, families and marked operations are defined here. Nothing here knows moto, botocore's
clients, or how a request came in.
"""
