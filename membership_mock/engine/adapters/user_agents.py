"""The user agent of requests, which is made again only after a change while a mock runs.

botocore makes the text twice in each call. It depends on the session, on the configuration of the
client, and on the features that a call has used. As long as these are the same, so is the text.
"""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

import botocore.useragent
from botocore.config import Config
from botocore.useragent import UserAgentString

from membership_mock.engine.adapters.compiled_models import own_functions
from membership_mock.engine.moto.patches import Patches

#: the attributes that botocore's objects have; one with others is left to botocore
_KNOWN = frozenset(
    {
        "_platform_name",
        "_platform_version",
        "_platform_machine",
        "_python_version",
        "_python_implementation",
        "_execution_env",
        "_crt_version",
        "_session_user_agent_name",
        "_session_user_agent_version",
        "_session_user_agent_extra",
        "_client_config",
        "_client_features",
        "_static_parts",
    }
)

#: for how many sets of features a client's texts are kept
_MOST = 16

# What botocore's class has before anybody patches it.
_own = own_functions(UserAgentString)


def install(patches: Patches) -> None:
    """Make the text of a user agent only after a change, until ``patches`` are undone."""
    features_of_call = getattr(botocore.useragent, "get_context", None)
    modify = getattr(botocore.useragent, "modify_components", None)
    if (
        features_of_call is None
        or getattr(modify, "__module__", None) != botocore.useragent.__name__
    ):
        return
    slow = patches.original_of(UserAgentString, "to_string", _own)
    if slow is None:
        return
    known: WeakKeyDictionary[Any, tuple[Any, dict[tuple[str, ...], str]]] = WeakKeyDictionary()

    def to_string(self: Any) -> Any:
        config = self._client_config
        if (
            type(self) is not UserAgentString
            or type(config) is not Config
            or botocore.useragent.modify_components is not modify
        ):
            return slow(self)
        call = features_of_call()
        # botocore writes the features in the order of this set
        features = tuple(
            (self._client_features or set()).union(() if call is None else call.features)
        )
        made_from = _made_from(self, config)
        found = known.get(self)
        if found is not None and found[0] == made_from:
            text = found[1].get(features)
            if text is not None:
                return text
        text = slow(self)
        # The first call of botocore's method sets `_static_parts`, and another thread may have
        # changed the configuration.
        if vars(self).keys() <= _KNOWN and made_from == _made_from(self, config):
            if found is None or found[0] != made_from or len(found[1]) >= _MOST:
                found = known[self] = (made_from, {})
            found[1][features] = text
        return text

    patches.set(UserAgentString, "to_string", to_string)


def _made_from(agent: Any, config: Config) -> Any:
    """Return what a text depends on, besides the features."""
    retries = getattr(config, "retries", None)
    return (
        tuple(vars(agent).values()),
        tuple(vars(config).values()),
        tuple(retries.items()) if retries else None,  # they can be changed in place
    )
