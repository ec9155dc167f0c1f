"""The engine: what all services share. It does not know any service.

A request comes in through `adapters`, passes through `pipeline`, and reads and changes `state`.
`protocol` reads and writes AWS's wire format. `moto` connects to moto. `running.py` starts and
stops a mock with all of them.
"""
