"""The wire format of AWS: parse requests, validate them, route them, write answers and errors.

Everything here is derived from botocore's service models. Nothing here knows the state, moto or
HTTP clients.
"""
