"""What a test author does with a running mock: one folder or file for each tool.

A tool may use the engine, the services and the tools below it, never the mock's own class: what it
needs of a mock is in `running_mock`. Only `tools` knows all of them.
"""
