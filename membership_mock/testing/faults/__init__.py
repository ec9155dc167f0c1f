"""Faults: calls that end in an error, get lost, take their time, or refuse single accounts."""
