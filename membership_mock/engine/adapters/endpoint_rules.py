"""Parameters of endpoint rules, found quickly while a mock runs.

botocore looks up anew for each call where every parameter of a service's rules comes from: from the
operation, from the parameters of the call, or from the configuration of the client. Here that is
found out once for each operation of a client. The event with which handlers change the built-in
parameters is emitted as always, and the rules are applied by botocore.
"""

from __future__ import annotations

from operator import attrgetter
from typing import Any

import botocore.regions
from botocore.regions import EndpointRulesetResolver

from membership_mock.engine.adapters.compiled_models import own_functions
from membership_mock.engine.moto.patches import Patches

#: a parameter: its name, its value if the operation gives it, the parameter of the call, the
#: setting of the client and the built-in parameter that may give it
_Source = tuple[str, Any, "str | None", "str | None", Any]

#: begins the keys under which the sources of parameters are kept in botocore's cache
_SOURCES = "membership_mock_sources"

#: the methods of botocore that decide where a parameter comes from; if one is missing or replaced,
#: botocore finds the parameters
_DECIDING = (
    "_resolve_param_from_context",
    "_resolve_param_as_static_context_param",
    "_resolve_param_as_dynamic_context_param",
    "_resolve_param_as_operation_context_param",
    "_resolve_param_as_client_context_param",
    "_resolve_param_as_builtin",
    "_get_static_context_params",
    "_get_dynamic_context_params",
    "_get_client_context_params",
)

# What botocore's class has before anybody patches it.
_own = own_functions(EndpointRulesetResolver)
_of_resolver = attrgetter(*_DECIDING)
_usual = (
    _of_resolver(EndpointRulesetResolver)
    if all(hasattr(EndpointRulesetResolver, name) for name in _DECIDING)
    else None
)


def install(patches: Patches) -> None:
    """Find the parameters of rules quickly until ``patches`` are undone."""
    name = "_get_provider_params"
    slow = patches.original_of(EndpointRulesetResolver, name, _own)
    if slow is None or _usual is None:
        return

    def _get_provider_params(
        self: Any, operation_model: Any, call_args: Any, request_context: Any
    ) -> Any:
        sources = None
        if (
            type(self) is EndpointRulesetResolver
            and _of_resolver(EndpointRulesetResolver) == _usual
        ):
            sources = _sources(self, operation_model)
        if sources is None:
            return slow(self, operation_model, call_args, request_context)
        builtins = self._get_customized_builtins(operation_model, call_args, request_context)
        client = self._client_context
        register_features = self._register_endpoint_feature_ids
        found = {}
        for name, static, of_call, of_client, builtin in sources:
            value = static
            if value is None and of_call is not None:
                value = call_args.get(of_call)
            if value is None and of_client is not None:
                value = client.get(of_client)
            if value is None and builtin is not None:
                value = builtins.get(builtin)
                if callable(value):
                    value = value()
            if value is not None:
                found[name] = value
                register_features(name, value)
        return found

    patches.set(EndpointRulesetResolver, name, _get_provider_params)


def _sources(resolver: Any, operation: Any) -> list[_Source] | None:
    """Return where the parameters of an operation come from; None if botocore has to find out."""
    cache = resolver._instance_cache  # botocore's own; it lives as long as the client
    key = _SOURCES, operation
    if key not in cache:
        cache[key] = _found_sources(resolver, operation)
    found: list[_Source] | None = cache[key]
    return found


def _found_sources(resolver: Any, operation: Any) -> list[_Source] | None:
    static = resolver._get_static_context_params(operation)
    of_call = resolver._get_dynamic_context_params(operation)
    of_client = resolver._get_client_context_params()
    known = botocore.regions.EndpointResolverBuiltins.__members__.values()
    sources: list[_Source] = []
    for name, definition in resolver._param_definitions.items():
        builtin = definition.builtin
        if name in operation.operation_context_parameters or (
            builtin is not None and builtin not in known
        ):
            return None
        sources.append((name, static.get(name), of_call.get(name), of_client.get(name), builtin))
    return sources
