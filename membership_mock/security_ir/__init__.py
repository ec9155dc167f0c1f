"""AWS Security Incident Response. A folder is one subject; `backend.py` lists the families."""
