"""The events that a mock has sent, and the functions that stand in for their targets.

It reads the log of events; what is delivered where is decided in `engine.moto.event_bridge`.
"""
