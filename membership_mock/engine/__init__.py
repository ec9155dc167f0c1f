"""The road of a request: one file per step, and nothing that belongs to a single service."""
