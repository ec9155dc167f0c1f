"""The operations on finding aggregators: the home region and the regions linked to it.

Aggregators are stored in ``relationships/aggregation.py``. Findings import this folder and follow
a change of linked regions with a hook of `SecurityHubFamily`, so no file here imports findings.
"""
