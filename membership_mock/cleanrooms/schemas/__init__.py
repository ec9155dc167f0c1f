"""Schemas: the tables of a collaboration as all its members see them, whatever kind they are.

What a kind of table has to say for its schemas it says as a `SchemaSource`; this folder knows none
of them.
"""
