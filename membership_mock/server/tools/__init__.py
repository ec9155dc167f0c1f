"""The tools of the test author over HTTP: a table of them, and how arguments and results travel.

A tool stands in the table with the method of the mock that it calls. The method's own signature,
type hints and docstring are its schema. What a tool does belongs into `membership_mock.testing`.
"""
