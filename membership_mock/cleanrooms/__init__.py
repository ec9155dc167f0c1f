"""AWS Clean Rooms. A folder is one subject; `backend.py` lists the families."""
