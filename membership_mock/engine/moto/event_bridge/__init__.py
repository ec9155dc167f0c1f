"""moto's EventBridge: its rules get the events of our services and deliver them.

No file here knows a service or its events; `engine.state.events` is the interface.
"""
