"""EventBridge as moto has it: its rules get the events of our services, and deliver them.

Nothing here knows what a service announces; `engine.state.events` is the interface.
"""
