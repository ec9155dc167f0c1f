"""The state of a running mock: the world and its stores, the clock, quotas, transactions.

State is plain data that can be copied, compared and saved. No file here knows requests or moto.
"""
