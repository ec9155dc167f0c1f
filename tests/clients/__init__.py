"""Clients that are no part of the project tell their stories to a server.

They are skipped where the client is not there. ``.ci/run`` installs the clients, and says by these
variables where they are:

- ``MEMBERSHIP_MOCK_AWS_CLI``: the program ``aws``;
- ``MEMBERSHIP_MOCK_NODE_MODULES``: a folder ``node_modules`` with the clients of the JS SDK v3;
- ``MEMBERSHIP_MOCK_TERRAFORM_PLUGINS``: a folder with the provider ``hashicorp/aws``.
"""
