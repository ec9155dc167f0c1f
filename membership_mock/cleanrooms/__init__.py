"""AWS Clean Rooms: one folder per subject, one family of operations per file.

`backend.py` lists the families, `errors.py` has the errors, `quotas.py` the quotas, and
`ordered_index.py` the sorted lists that pages are read from. No file here imports moto, botocore or
another service.
"""
