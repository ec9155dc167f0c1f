"""Folders of placebo, read by placebo itself.

A file of placebo holds an answer and no parameters, and its name tells the operation and a number
for each operation. So parameters, and the order of the calls, have to be told.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from membership_mock.engine.protocol.model import service_model
from membership_mock.errors import UsageError
from membership_mock.parity.recorded_call import RecordedCall, RecordedError, Recording
from membership_mock.parity.values import plain
from membership_mock.services import SERVICES
from membership_mock.testing.names import nearest_to

_FILE = re.compile(
    r"(?:.*\.)?(?P<service>[\w-]+)\.(?P<operation>[A-Z]\w*)_(?P<number>\d+)\.(?P<form>\w+)"
)


def read_placebo(folder: Path, parameters: Mapping[str, Mapping[str, Any]]) -> Recording:
    """Return the calls to mocked services in a folder of placebo.

    Args:
        folder: the folder.
        parameters: the parameters by the name of the file without its ending, e.g.
            ``securityhub.GetMembers_1``. The calls are made in the order of this mapping, and then
            those that are not in it, by name.

    Raises:
        UsageError: placebo is not installed, the folder cannot be read, a file is malformed, or
            ``parameters`` names a file that is not there.
    """
    try:
        from placebo.serializer import Format, get_deserializer
    except ImportError as error:
        raise UsageError(
            f"{folder}: reading a folder of placebo needs the extra `parity`:"
            " pip install 'membership-mock[parity]'"
        ) from error
    files = _files(folder)
    for name in parameters:
        if name not in files:
            raise UsageError(f"{folder}: there is no file for {name!r}{nearest_to(name, files)}")
    calls = []
    skipped: Counter[str] = Counter()
    for name in [*parameters, *(each for each in files if each not in parameters)]:
        path, found = files[name]
        if found["service"] not in SERVICES:
            skipped[f"{found['service']} is not one of {', '.join(SERVICES)}"] += 1
            continue
        if found["form"] != Format.JSON:
            # a pickle runs any code while it is read
            raise UsageError(f"{path}: only placebo's JSON files are read.")
        if name not in parameters and _needs_parameters(found["service"], found["operation"]):
            skipped["placebo records no parameters, and the operation requires some"] += 1
            continue
        try:
            with path.open(encoding="utf-8") as file:
                recorded = get_deserializer(Format.JSON)(file)
            status, data = int(recorded["status_code"]), dict(recorded["data"])
        except (KeyError, TypeError, ValueError) as error:
            raise UsageError(
                f"{path}: this is not an answer that placebo has recorded:"
                f" {type(error).__name__}: {error}"
            ) from error
        calls.append(_call(path, found, parameters.get(name, {}), status, data))
    return Recording(name=str(folder), calls=calls, skipped=skipped)


def _files(folder: Path) -> dict[str, tuple[Path, re.Match[str]]]:
    """Return the recorded files by name without ending, in the order of their numbers."""
    found = []
    for path in folder.iterdir():
        named = _FILE.fullmatch(path.name)
        if named is not None:
            found.append((named["service"], named["operation"], int(named["number"]), path, named))
    if not found:
        raise UsageError(
            f"{folder}: the folder has no file of placebo, e.g. securityhub.DescribeHub_1.json."
        )
    found.sort(key=lambda each: each[:3])
    return {path.stem: (path, named) for *_, path, named in found}


def _needs_parameters(service: str, operation: str) -> bool:
    model = service_model(service)
    if operation not in model.operation_names:
        return False
    shape = model.operation_model(operation).input_shape
    return bool(shape is not None and shape.required_members)


def _call(
    path: Path,
    named: re.Match[str],
    parameters: Mapping[str, Any],
    status: int,
    data: dict[str, Any],
) -> RecordedCall:
    data.pop("ResponseMetadata", None)
    error = None
    if status >= 300:
        told = data.get("Error", {})
        error = RecordedError(str(told.get("Code") or "Unknown"), told.get("Message"))
    return RecordedCall(
        place=str(path),
        service=named["service"],
        operation=named["operation"],
        parameters=plain(parameters),
        answer=None if error else plain(data),
        error=error,
        status=status,
    )
