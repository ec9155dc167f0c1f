"""The pages of the documentation, which travel with the package, and what they say of an operation.

``python -m membership_mock docs`` and ``explain`` print from here. Nothing here needs a running
mock.
"""
