"""What AWS does by itself: engineers work on cases, and the service opens and closes some.

`Responders` calls the operations of the other folders as another principal. Only `backend.py` and
the tools of test authors import this folder.
"""
