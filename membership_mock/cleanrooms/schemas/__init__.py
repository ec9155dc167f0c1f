"""Schemas: the tables of a collaboration of any kind, as all its members see them.

The family of each kind of table implements `SchemaSource`. This folder does not know the kinds.
"""
