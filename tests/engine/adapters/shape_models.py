"""A service model with a shape of every kind, and what tells whose code has run."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

from botocore.model import ServiceModel


def model_of(shapes: dict[str, Any], http: dict[str, Any] | None = None) -> ServiceModel:
    """Return a model with one operation, ``Act``, whose input and output is the shape ``Root``."""
    reference = {"shape": "Root"}
    request = http or {"method": "POST", "requestUri": "/act"}
    operation = {"name": "Act", "http": request, "input": reference, "output": reference}
    return ServiceModel(
        {
            "metadata": {"protocol": "rest-json", "serviceId": "Any", "endpointPrefix": "any"},
            "operations": {"Act": operation},
            "shapes": shapes,
        },
        "any",
    )


def members(**shapes: str | dict[str, Any]) -> dict[str, Any]:
    """Return members by their names: each is a shape, or a reference with traits."""
    return {
        name: {"shape": each} if isinstance(each, str) else each for name, each in shapes.items()
    }


#: what may stand in a body of JSON
BODY_SHAPES: dict[str, Any] = {
    "Root": {
        "type": "structure",
        "members": members(
            text="Text",
            renamed={"shape": "Text", "locationName": "RenamedOnTheWire"},
            whole="Whole",
            long="Long",
            number="Number",
            single="Single",
            flag="Flag",
            bytes="Bytes",
            at="At",
            atIso={"shape": "At", "timestampFormat": "iso8601"},
            texts="Texts",
            leaves="Leaves",
            byName="ByName",
            leavesByName="LeavesByName",
            choice="Choice",
            document="Document",
            root="Root",
            letter="Letter",
        ),
    },
    "Leaf": {
        "type": "structure",
        "required": ["name"],
        "members": members(name="Text", at="At", inner="Leaf"),
    },
    "Choice": {"type": "structure", "union": True, "members": members(a="Text", b="Leaf")},
    "Document": {"type": "structure", "document": True, "members": {}},
    "Texts": {"type": "list", "member": {"shape": "Text"}, "min": 1},
    "Leaves": {"type": "list", "member": {"shape": "Leaf"}},
    "ByName": {"type": "map", "key": {"shape": "Text"}, "value": {"shape": "Whole"}},
    "LeavesByName": {"type": "map", "key": {"shape": "Text"}, "value": {"shape": "Leaf"}},
    "Text": {"type": "string", "min": 2, "max": 8},
    "Letter": {"type": "character"},
    "Whole": {"type": "integer", "min": 1},
    "Long": {"type": "long"},
    "Number": {"type": "double", "min": 0.5},
    "Single": {"type": "float"},
    "Flag": {"type": "boolean"},
    "Bytes": {"type": "blob"},
    "At": {"type": "timestamp"},
}


def outcome(call: Callable[[], Any]) -> str:
    """Return what a call returns, or raises, with the types and in the order of all that is in it."""
    try:
        return repr(call())
    except Exception as error:  # noqa: BLE001  any error has to be the same
        return f"{type(error).__name__}: {error}"


def is_run(function: Any, during: Callable[[], Any]) -> bool:
    """Return whether a function's own code runs during a call."""
    while hasattr(function, "__wrapped__"):
        function = function.__wrapped__
    found = []

    def note(frame: FrameType, event: str, _: Any) -> None:
        if event == "call" and frame.f_code is function.__code__:
            found.append(event)

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        during()
    finally:
        sys.setprofile(before)
    return bool(found)
