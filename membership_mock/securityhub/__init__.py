"""AWS Security Hub: one folder per subject, one family of operations per file.

`backend.py` lists the families, `errors.py` has the errors, `families.py` the hooks with which a
family follows hubs and linked regions. No file here imports moto, botocore or another service.
"""
