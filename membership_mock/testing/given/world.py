"""The world from a plain mapping: all of it is read first, and then seeded entry by entry."""

from __future__ import annotations

import difflib
import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from membership_mock.engine.pipeline.caller import account_id
from membership_mock.errors import SeedRefused, UsageError
from membership_mock.services import SERVICES
from membership_mock.testing.argument_types import check_types
from membership_mock.testing.names import nearest_to

if TYPE_CHECKING:
    from membership_mock.testing.given.setup import Setup

T = TypeVar("T")

_ACCOUNTS, _ORGANIZATION, _AS = "accounts", "organization", "as"
_NAME = re.compile(r"[A-Za-z0-9_-]+")
_REFERENCE = re.compile(r"\$([A-Za-z0-9_-]+)((?:\.[^.$\s]+)*)")


@dataclass(frozen=True)
class _Entry:
    """One seed of a mapping.

    Attributes:
        path: where it stands, for messages.
        seed: the seed's method.
        keywords: its arguments, with references in them.
        name: the name of its result; None if it has none.
    """

    path: str
    seed: Callable[..., Any]
    keywords: Mapping[str, Any]
    name: str | None


def seed_world(
    setup: Setup,
    seeds_of: Callable[[str], object],
    organize: Callable[..., object],
    mapping: Mapping[str, Any],
) -> dict[str, Any]:
    """Do what `Given.world` says.

    Args:
        setup: makes the calls.
        seeds_of: returns the seeds of a service by the service's id.
        organize: builds an organization, as `MembershipMock.organization` does.
        mapping: the world to seed.
    """
    known = (_ACCOUNTS, _ORGANIZATION, *SERVICES)
    for key in _mapping("the world", mapping):
        if key not in known:
            raise UsageError(
                f"A world has no {key!r}{nearest_to(str(key), known)} It has: {', '.join(known)}."
            )
    names: dict[str, Any] = dict(_accounts(mapping.get(_ACCOUNTS, {})))
    settings = _mapping(_ORGANIZATION, mapping.get(_ORGANIZATION) or {})
    _check_keywords(_ORGANIZATION, organize, settings)
    entries = [
        entry
        for service, listed in mapping.items()
        if service in SERVICES
        for entry in _entries(seeds_of(service), service, listed)
    ]
    with setup.seed("world"):
        if mapping.get(_ORGANIZATION) is not None:
            setup.keep_organizations()
            _organize(organize, settings, names)
        for entry in entries:
            result = _locating_errors(entry.path, partial(_seeded, entry, names))
            if entry.name is not None:
                _name(f"{entry.path}.{_AS}", names, entry.name, result)
    return names


# --- reading ---


def _accounts(given: object) -> Mapping[str, str]:
    accounts = _mapping(_ACCOUNTS, given)
    for name, value in accounts.items():
        _check_name(_ACCOUNTS, name)
        _locating_errors(f"{_ACCOUNTS}.{name}", partial(account_id, value))
    return accounts


def _entries(seeds: object, service: str, listed: object) -> list[_Entry]:
    if isinstance(listed, (str, bytes)) or not isinstance(listed, Sequence):
        raise UsageError(f"{service}: a list of seeds was expected, not {listed!r}.")
    return [_entry(seeds, f"{service}[{at}]", each) for at, each in enumerate(listed)]


def _entry(seeds: object, path: str, given: object) -> _Entry:
    entry = dict(_mapping(path, given))
    name = entry.pop(_AS, None)
    if name is not None:
        _check_name(f"{path}.{_AS}", name)
    known = [
        each
        for each, value in inspect.getmembers(type(seeds), inspect.isfunction)
        if not each.startswith("_")
    ]
    if len(entry) != 1:
        raise UsageError(
            f"{path}: one seed was expected, with or without {_AS!r}, but there are"
            f" {', '.join(map(repr, entry)) or 'none'}. Write e.g. {{{known[0]!r}: {{…}}}}."
        )
    ((seed, keywords),) = entry.items()
    if seed not in known:
        raise UsageError(
            f"{path}: there is no seed {seed!r}{nearest_to(str(seed), known)} There are:"
            f" {', '.join(known)}."
        )
    path = f"{path}.{seed}"
    method = getattr(seeds, seed)
    keywords = _mapping(path, {} if keywords is None else keywords)
    _check_keywords(path, method, keywords)
    return _Entry(path, method, keywords, name)


def _mapping(path: str, value: object) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise UsageError(f"{path}: a mapping was expected, not {value!r}.")
    return value


def _check_name(path: str, name: object) -> None:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise UsageError(f"{path}: {name!r} is not a name: use letters, digits, - and _.")


def _check_keywords(path: str, method: Callable[..., Any], keywords: Mapping[str, Any]) -> None:
    """Refuse keywords that are unknown, missing or of a wrong type."""
    parameters = inspect.signature(method).parameters
    kinds = {each.kind for each in parameters.values()}
    named = [
        each.name
        for each in parameters.values()
        if each.kind not in (each.VAR_KEYWORD, each.VAR_POSITIONAL)
    ]
    for name in keywords:
        if not isinstance(name, str):
            raise UsageError(f"{path}: {name!r} is not text, as every key must be.")
    if inspect.Parameter.VAR_KEYWORD not in kinds:
        for name in keywords:
            if name not in named:
                raise UsageError(
                    f"{path}: there is no {name!r}{nearest_to(str(name), named)} There are:"
                    f" {', '.join(named) or 'none'}."
                )
    for name in named:
        if parameters[name].default is inspect.Parameter.empty and name not in keywords:
            others = [str(each) for each in keywords if each not in named]
            slip = next(iter(difflib.get_close_matches(name, others, n=1)), None)
            raise UsageError(
                f"{path}: {name!r} is missing" + (f"; {slip!r} was given instead." if slip else ".")
            )
    check_types(path, method, keywords, _is_reference)


def _is_reference(value: object) -> bool:
    return isinstance(value, str) and _REFERENCE.fullmatch(value) is not None


# --- seeding ---


def _organize(
    build: Callable[..., object], settings: Mapping[str, Any], names: dict[str, Any]
) -> None:
    """Build the organization, and add its accounts to the names."""
    built = _locating_errors(
        _ORGANIZATION, lambda: build(**_resolved(_ORGANIZATION, dict(settings), names))
    )
    _name(_ORGANIZATION, names, _ORGANIZATION, built)
    for name, account in getattr(built, "accounts", {}).items():
        if names.setdefault(name, account) != account:
            raise UsageError(
                f"{_ORGANIZATION}: {name!r} is the account {account} there, but outside of it the"
                f" name stands for {names[name]!r}. Rename one of them."
            )


def _seeded(entry: _Entry, names: Mapping[str, Any]) -> object:
    keywords = _resolved(entry.path, dict(entry.keywords), names)
    _check_keywords(entry.path, entry.seed, keywords)
    return entry.seed(**keywords)


def _resolved(path: str, value: Any, names: Mapping[str, Any]) -> Any:
    """Return a value with what its references stand for."""
    if isinstance(value, Mapping):
        return {key: _resolved(f"{path}.{key}", each, names) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_resolved(f"{path}[{at}]", each, names) for at, each in enumerate(value)]
    if not isinstance(value, str) or not value.startswith("$"):
        return value
    if value.startswith("$$"):
        return value[1:]
    found = _REFERENCE.fullmatch(value)
    if found is None:
        raise UsageError(
            f"{path}: {value!r} is not a reference: write '$name' or '$name.field', or '$$' for a"
            " text that begins with a dollar."
        )
    name, fields = found.groups()
    if name not in names:
        raise UsageError(
            f"{path}: nothing before this is called {name!r}{nearest_to(name, names)} There is:"
            f" {', '.join(names) or 'nothing'}."
        )
    result = names[name]
    for field in fields.split(".")[1:]:
        result = _field(path, value, result, field)
    return result


def _field(path: str, reference: str, owner: Any, field: str) -> Any:
    if isinstance(owner, Mapping):
        known = {str(key): value for key, value in owner.items()}
    elif isinstance(owner, (list, tuple)):
        known = {str(at): value for at, value in enumerate(owner)}
    elif not field.startswith("_") and not callable(getattr(owner, field, len)):
        return getattr(owner, field)
    else:
        known = dict.fromkeys(getattr(owner, "__dataclass_fields__", ()))
    if field not in known:
        raise UsageError(
            f"{path}: {reference!r} has no {field!r}{nearest_to(field, known)} There is:"
            f" {', '.join(known) or 'nothing'}."
        )
    return known[field]


def _name(path: str, names: dict[str, Any], name: str, result: object) -> None:
    if name in names:
        raise UsageError(f"{path}: the name {name!r} is taken already: {names[name]!r}.")
    names[name] = result


def _locating_errors(path: str, act: Callable[[], T]) -> T:
    """Act; if it fails, name the place in the mapping in the message."""
    try:
        return act()
    except UsageError as error:
        kind = SeedRefused if isinstance(error, SeedRefused) else UsageError
        if type(error) is not kind or str(error).startswith(path):
            raise
        raise kind(f"{path}: {error}") from error.__cause__ or error
