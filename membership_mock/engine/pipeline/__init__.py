"""A request from its caller to its call record: authorization, hooks, idempotency, paging, handler.

Backends, families and marked operations are defined here. Nothing here knows moto, botocore's
clients, or how a request came in.
"""
