"""Cases: their fields, status, comments, edits and lists.

Files and investigations of a case have folders of their own.
"""
