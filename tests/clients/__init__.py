"""Clients that are no part of the project tell their stories to a server.

They are skipped where the client is not there. ``.ci/run`` installs the first two, and says by
these variables where they are:

- ``MEMBERSHIP_MOCK_AWS_CLI``: the program ``aws``;
- ``MEMBERSHIP_MOCK_NODE_MODULES``: a folder ``node_modules`` with the clients of the JS SDK v3;
- ``MEMBERSHIP_MOCK_BROWSER``: the program of Chromium or Chrome;
- ``MEMBERSHIP_MOCK_TERRAFORM_PLUGINS``: a folder with the provider ``hashicorp/aws``, e.g. one that
  ``terraform providers mirror`` has written. It takes minutes, so ``.ci/run`` leaves it out.
"""
