"""Makes the input of a target of EventBridge: the event, a part of it, a constant, or a template.

Sources: the EventBridge user guide on input transformation; the API page of Target.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]|\[\*\]|\[['\"]([^'\"]+)['\"]\]")
_VARIABLE = re.compile(r"<([^<>]+)>")
_MISSING = object()


def input_of(target: Mapping[str, Any], event: Mapping[str, Any], rule: str) -> str:
    """Return the text that a target gets.

    Args:
        target: the target as PutTargets takes it.
        event: the event that matched.
        rule: the ARN of the rule that it matched.
    """
    if target.get("Input") is not None:
        return str(target["Input"])
    if target.get("InputPath"):
        return json.dumps(part_of(event, target["InputPath"]))
    transformer = target.get("InputTransformer")
    if transformer:
        return _transformed(transformer, event, rule)
    return json.dumps(event)


def part_of(event: Any, path: str) -> Any:
    """Return the value at a JSON path; None if the event does not have it.

    Raises:
        ValueError: the path is not one that EventBridge takes.
    """
    if not path.startswith("$"):
        raise ValueError(f"{path!r} is not a JSON path: it starts with $.")
    found, position = event, 1
    while position < len(path):
        step = _STEP.match(path, position)
        if step is None:
            raise ValueError(f"{path!r} is not a JSON path that EventBridge takes.")
        position = step.end()
        name = step[1] or step[3]
        if step[2] is not None:
            index = int(step[2])
            is_there = isinstance(found, list) and index < len(found)
            found = found[index] if is_there else None
        elif name is None:
            rest = f"${path[position:]}"
            return [part_of(each, rest) for each in found] if isinstance(found, list) else None
        else:
            found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _transformed(transformer: Mapping[str, Any], event: Mapping[str, Any], rule: str) -> str:
    """Fill a template: a variable inside quotes becomes text, a variable outside of them JSON."""
    paths = transformer.get("InputPathsMap") or {}
    given = {
        "aws.events.rule-arn": rule,
        "aws.events.rule-name": rule.rpartition("/")[2],
        "aws.events.event.ingestion-time": event["time"],
        "aws.events.event": {name: each for name, each in event.items() if name != "detail"},
        "aws.events.event.json": event,
    }
    template = str(transformer["InputTemplate"])
    is_json = template.lstrip()[:1] in ("{", "[", '"')
    out, position, quoted = [], 0, False
    for variable in _VARIABLE.finditer(template):
        name = variable[1]
        value = given.get(name, _MISSING)
        if name in paths:
            value = part_of(event, paths[name])
        between = template[position : variable.start()]
        if value is _MISSING:
            between, value = template[position : variable.end()], _MISSING
        for _ in re.finditer(r'(?<!\\)"', between):
            quoted = not quoted
        out.append(between)
        if value is not _MISSING:
            out.append(_written(value, quoted=quoted or not is_json, escaped=is_json))
        position = variable.end()
    return "".join([*out, template[position:]])


def _written(value: Any, *, quoted: bool, escaped: bool) -> str:
    if not quoted:
        return json.dumps(value)
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value)
    return json.dumps(text)[1:-1] if escaped else text
