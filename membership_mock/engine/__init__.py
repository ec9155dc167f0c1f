"""The engine: what all services share. It knows no single service.

A request comes in through `adapters`, walks through `pipeline`, and reads and changes `state`.
`protocol` reads and writes AWS's wire format, `moto` connects to moto, `running.py` joins the five.
"""
