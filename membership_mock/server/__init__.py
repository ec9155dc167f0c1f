"""The mock over HTTP, for programs in other processes and other languages.

`command_line` is ``python -m membership_mock serve``; `serving` is the same for a test, in threads.
`application` decides who answers a request: `toolbox` answers those for the tools in ``tools/``,
`aws_requests` those of SDKs with moto's server, ``page/`` those of a browser. ``client/`` is the
toolbox of a mock that runs elsewhere. What a service or a tool does belongs into its own folder.
"""
