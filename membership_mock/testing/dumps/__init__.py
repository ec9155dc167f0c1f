"""The world as plain data: written, read back and compared.

The format of a dump is known here and nowhere else. Nothing here knows the fields of a single
service: they come from the annotations of the stores.
"""
