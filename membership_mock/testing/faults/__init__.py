"""Faults: calls that fail, lose their answer, answer late, or refuse single accounts.

`faults` injects them and `fault` is one of them; the other files are what a fault can do to a call.
What a service itself refuses belongs into that service.
"""
