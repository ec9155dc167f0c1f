"""The toolbox of a mock that a server in another process runs."""

from membership_mock.server.client.remote_mock import RemoteMock

__all__ = ["RemoteMock"]
