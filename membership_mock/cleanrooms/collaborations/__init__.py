"""Collaborations: members, their abilities and payment, and change requests."""
