"""How the attributes of many objects of one class are read and written at once."""

from __future__ import annotations

import dataclasses
import keyword
import re
import sys
from collections import OrderedDict
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from enum import Enum
from functools import cache
from typing import Any, Literal, get_origin

from membership_mock.engine.lazy_dataclasses import dataclass, is_frozen

#: the classes whose objects nothing can change; enumerations and dates of other libraries are added
#: when they are first seen
ATOMS: set[type] = {type(None), bool, int, float, str, bytes, datetime, date, timedelta, timezone}

#: the containers that are copied
MAPPINGS = (dict, OrderedDict)
CONTAINERS = (*MAPPINGS, list, set)

#: the classes whose objects can be copied; classes with attributes are added when first seen
COPIED: set[type] = set(CONTAINERS)

#: the packages whose classes may be copied: they are written in Python and pickle in the usual way
_PACKAGES = ("membership_mock", "moto")

#: the flag of a class that is written in Python
_WRITTEN_IN_PYTHON = 1 << 9

#: what a class may define to be copied in its own way
_HOOKS = frozenset(
    ("__getstate__", "__setstate__", "__getnewargs__", "__getnewargs_ex__", "__getattribute__")
)

#: the modules of decorators that give a class such methods only to read and set its attributes
_DATACLASSES = ("dataclasses", dataclass.__module__)

#: the names in annotations of atoms; the type checker ensures that such fields hold nothing else
_SURE = frozenset(
    ("None", "bool", "int", "float", "str", "bytes", "datetime", "date", "timedelta", "Literal")
)
_NAME = re.compile(r"[A-Za-z_][A-Za-z_0-9.]*")
_LITERAL = re.compile(r"\"[^\"]*\"|'[^']*'")


class NotPlainError(Exception):
    """There is an object that only pickle may be able to copy."""


def is_atom_class(kind: Any) -> bool:
    """Return whether nothing can change any object of a class."""
    if kind in ATOMS:
        return True
    is_ours = kind.__module__.partition(".")[0] == _PACKAGES[0]
    # freezegun has dates of its own
    if issubclass(kind, (Enum, date)) or (is_ours and is_immutable(kind)):
        ATOMS.add(kind)
        return True
    return False


@cache
def is_immutable(kind: Any) -> bool:
    """Return whether a class of ours is a frozen dataclass whose fields hold atoms only.

    The annotations of the fields decide, and the type checker ensures that they hold nothing else.
    """
    if not is_frozen(kind) or kind.__bases__ != (object,) or kind.__subclasses__():
        return False
    return all(_holds_atoms(kind, field) for field in dataclasses.fields(kind))


def _holds_atoms(kind: Any, field: dataclasses.Field[Any]) -> bool:
    """Return whether a field of a class is declared to hold atoms only, at any depth."""
    if not isinstance(field.type, str):
        return False
    owners = (each for each in kind.__mro__ if field.name in vars(each).get(_ANNOTATIONS, ()))
    owner = next(owners, kind)
    names = getattr(sys.modules.get(owner.__module__), "__dict__", {})
    return all(
        name in _SURE or name in ("tuple", "frozenset") or _means_atoms(names.get(name))
        for name in _NAME.findall(_LITERAL.sub("", field.type))
    )


def _means_atoms(found: Any) -> bool:
    """Return whether what a name in an annotation refers to stands for atoms."""
    return get_origin(found) is Literal or (
        isinstance(found, type) and dataclasses.is_dataclass(found) and is_immutable(found)
    )


@dataclass(slots=True)
class Layout:
    """How the attributes of the objects of a class are read and written.

    Attributes:
        rows: takes what `source_of` has returned, and returns the attributes of each object that
            hold atoms; None if no attribute holds atoms.
        columns: what returns each other attribute of all objects. Like `rows`, it raises KeyError
            if an object without declared fields lacks one.
        write: sets the attributes of objects from rows and columns; None if the class has no
            attributes.
    """

    rows: Callable[[list[Any]], list[Any]] | None
    columns: list[Callable[[list[Any]], list[Any]]]
    write: Callable[[list[Any], list[Any] | None, list[Any]], None] | None


_layouts: dict[tuple[type, tuple[str, ...], tuple[str, ...]], Layout] = {}
_fields: dict[type, tuple[tuple[str, ...], tuple[str, ...]]] = {}

#: what only dataclasses have
DECLARED = "__dataclass_fields__"

#: the attribute of a class with the annotations of its own fields
_ANNOTATIONS = "__annotations__"


def source_of(kind: Any, objects: list[Any]) -> list[Any]:
    """Return what the attributes of objects are read from.

    Returns:
        The objects themselves if their class declares fields, otherwise the ``__dict__`` of each.

    Raises:
        NotPlainError: not all attributes can be read.
    """
    if hasattr(kind, DECLARED):
        return objects
    if not getattr(kind, "__dictoffset__", 0):
        raise NotPlainError(kind)
    return list(map(vars, objects))


def names_of(kind: Any, source: list[Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names of all attributes of the objects of a batch, and of those with atoms.

    A dataclass declares which attributes hold atoms. For other classes, the first object decides,
    and the caller has to check the others. That they have the same attributes shows when they are
    read: there are as many, and none is missing.

    Args:
        kind: the class.
        source: what `source_of` has returned.

    Raises:
        NotPlainError: the objects have different numbers of attributes.
    """
    known = _fields.get(kind)
    if known is not None:
        return known
    if hasattr(kind, DECLARED):
        fields = dataclasses.fields(kind)
        sure = tuple(field.name for field in fields if _holds_atoms(kind, field))
        known = _fields[kind] = tuple(field.name for field in fields), sure
        return known
    first: dict[str, Any] = source[0]
    if set(map(len, source)) != {len(first)}:
        raise NotPlainError(kind)
    return tuple(first), tuple(name for name, value in first.items() if type(value) in ATOMS)


def layout_of(kind: Any, names: tuple[str, ...], sure: tuple[str, ...]) -> Layout:
    """Return the layout of a class.

    Args:
        kind: the class.
        names: the attributes.
        sure: those of them that hold atoms.

    Raises:
        NotPlainError: there is more to an object than its attributes.
    """
    found = _layouts.get((kind, names, sure))
    if found is None:
        if not _is_plain(kind):
            raise NotPlainError(kind)
        found = _layouts[kind, names, sure] = _compiled(kind, names, sure)
        COPIED.add(kind)
    return found


def _is_plain(kind: Any) -> bool:
    """Return whether the attributes of an object are all there is to it."""
    own = kind.__mro__[:-1]
    if kind.__module__.partition(".")[0] not in _PACKAGES or not all(
        each.__flags__ & _WRITTEN_IN_PYTHON for each in own
    ):
        return False
    if kind.__reduce_ex__ is not object.__reduce_ex__ or kind.__reduce__ is not object.__reduce__:
        return False
    if not hasattr(kind, DECLARED) and _has_slots(kind):
        return False
    hooks = {name: hook for each in own for name, hook in vars(each).items() if name in _HOOKS}
    return all(getattr(hook, "__module__", "") in _DATACLASSES for hook in hooks.values())


def _has_slots(kind: Any) -> bool:
    return any(vars(each).get("__slots__") for each in kind.__mro__)


def _compiled(kind: Any, names: tuple[str, ...], sure: tuple[str, ...]) -> Layout:
    """Return the layout of a class: loops that read and write all attributes of many objects.

    They are generated, as dataclasses generate their ``__init__``: a loop over the names for each
    object would take several times as long.
    """
    if not all(map(str.isidentifier, names)) or any(map(keyword.iskeyword, names)):
        raise NotPlainError(kind)
    others = [name for name in names if name not in sure]
    lines, targets, sources = [], ["found"], ["objects"]
    # what an object without declared fields lacks must not be found in its class instead
    read = "found.{}" if hasattr(kind, DECLARED) else "found['{}']"
    if sure:
        row = "".join(f"{read.format(name)}, " for name in sure)
        lines += ["def rows(objects):", f"    return [({row}) for found in objects]"]
        targets.append(f"({''.join(f'_{name}, ' for name in sure)})")
        sources.append("rows")
    for number, name in enumerate(others):
        lines += [
            f"def column{number}(objects):",
            f"    return [{read.format(name)} for found in objects]",
        ]
        targets.append(f"_{name}")
        sources.append(f"columns[{number}]")
    lines += [
        "def write(objects, rows, columns):",
        f"    for {', '.join(targets)} in zip({', '.join(sources)}):",
    ]
    if kind.__setattr__ is object.__setattr__:
        lines += [f"        found.{name} = _{name}" for name in names]
    elif _has_slots(kind):
        lines += [f"        put(found, {name!r}, _{name})" for name in names]
    else:  # all at once, past the class's own way to set an attribute
        pairs = ", ".join(f"{name!r}: _{name}" for name in names)
        lines.append(f"        put(found, '__dict__', {{{pairs}}})")
    made: dict[str, Any] = {"put": object.__setattr__}
    if names:
        exec("\n".join(lines), made)  # noqa: S102  nothing but names of attributes varies
    columns = [made[f"column{number}"] for number in range(len(others))]
    return Layout(made.get("rows"), columns, made.get("write"))
