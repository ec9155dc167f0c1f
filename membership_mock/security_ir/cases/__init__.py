"""Cases: their fields, status, comments, edits and lists.

`case_store.py` has the data of a case with all its parts. `case_families.py` has the hooks with
which other families follow a case. Attachments and investigations have their own folders, which
import this one; no file here imports them.
"""
