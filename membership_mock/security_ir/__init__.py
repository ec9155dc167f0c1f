"""AWS Security Incident Response: one folder per subject, one family of operations per file.

`backend.py` lists the families, `errors.py` has the errors, `quotas.py` the quotas. Nothing here
imports moto, botocore or another service.
"""
