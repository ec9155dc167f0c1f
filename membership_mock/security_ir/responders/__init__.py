"""AWS's own work: engineers work on cases, and the service opens and closes some cases.

`Responders` calls the operations of the other folders as another principal. Only `backend.py` and
the tools of test authors import this folder.
"""
