"""moto's Organizations as something to go back to, for what may be refused half-way."""

from __future__ import annotations

import pickle
import sys
from collections.abc import Callable
from typing import Any


def keep_organizations() -> Callable[[], None]:
    """Return a function that puts every organization of moto's back as it is now.

    It takes time in proportion to their accounts.
    """
    models = sys.modules.get("moto.organizations.models")
    if models is None:  # nobody has used Organizations yet
        return _empty
    backends: Any = models.organizations_backends
    kept = {
        (account_id, where): vars(backend)
        for account_id, held in list(backends.items())
        for where, backend in list(held.items())
    }
    frozen = pickle.dumps((kept, backends.master_accounts), pickle.HIGHEST_PROTOCOL)

    def put_back() -> None:
        states, master_accounts = pickle.loads(frozen)  # noqa: S301  written above
        _empty()
        backends.master_accounts.update(master_accounts)
        for (account_id, where), state in states.items():
            vars(backends[account_id][where]).update(state)

    return put_back


def _empty() -> None:
    models = sys.modules.get("moto.organizations.models")
    if models is None:
        return
    backends: Any = models.organizations_backends
    for held in list(backends.values()):
        for backend in list(held.values()):
            backend.reset()
    backends.master_accounts.clear()
