"""The operations on members and invitations, as the administrator and the member see them.

The association of two accounts is stored once, in ``relationships/associations.py``. What else an
organization's administrator may do is in ``organization``, which is not imported here.
"""
