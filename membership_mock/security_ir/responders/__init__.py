"""What AWS does by itself: engineers who work on cases, cases that the service opens and closes.

`Responders` calls the operations of the other folders as another principal. Nothing but the tools
of test authors and `backend.py` may import this folder.
"""
