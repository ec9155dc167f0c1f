"""AWS Security Hub. A folder is one subject; `backend.py` lists the families."""
