"""Worlds as plain data: written, read back, compared."""
