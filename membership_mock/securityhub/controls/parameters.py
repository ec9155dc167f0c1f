"""Checks values for the parameters of a control.

Sources: API pages ParameterConfiguration and ConfigurationOptions; the user guide on custom
parameters for types and ranges. The texts of refusals are inferred [SH-192].
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from membership_mock.securityhub.controls.catalogue import Parameter, SecurityControl
from membership_mock.securityhub.controls.refusals import (
    listed_values,
    unsupported_parameter,
    wrong_value,
)

CUSTOM = "CUSTOM"


def check(control: SecurityControl, wanted: Mapping[str, Mapping[str, Any]]) -> None:
    """Refuse parameters that a control does not have, and values that they cannot have.

    Args:
        control: the control.
        wanted: each parameter with its ``ValueType``, and its ``Value`` if that is CUSTOM.

    Raises:
        InvalidInputException: a value is not valid; the message names the first one.
    """
    for name, configuration in wanted.items():
        parameter = control.parameters.get(name)
        if parameter is None:
            raise unsupported_parameter(name, control.id)
        if configuration["ValueType"] == CUSTOM:
            _check_value(parameter, configuration.get("Value") or {})


def merged(
    values: Mapping[str, dict[str, Any]], wanted: Mapping[str, Mapping[str, Any]]
) -> dict[str, dict[str, Any]]:
    """Return the custom values of a control after an update.

    Args:
        values: those before; what the update does not name stays (documented).
        wanted: the update. A parameter that is DEFAULT has no custom value any more, whatever
            ``Value`` says (documented).
    """
    after = dict(values)
    for name, configuration in wanted.items():
        if configuration["ValueType"] == CUSTOM:
            after[name] = dict(configuration["Value"])
        else:
            after.pop(name, None)
    return after


def shown(
    control: SecurityControl, values: Mapping[str, Mapping[str, Any]]
) -> dict[str, dict[str, Any]]:
    """Return all parameters of a control with their values, as BatchGetSecurityControls does.

    Args:
        control: the control.
        values: the custom values by parameter.

    Returns:
        Each parameter with its ``ValueType`` and its ``Value``. One without a value, which the
        check ignores, has none (inferred [SH-129]).
    """
    answer: dict[str, dict[str, Any]] = {}
    for name, parameter in control.parameters.items():
        if name in values:
            answer[name] = {"ValueType": CUSTOM, "Value": values[name]}
        elif parameter.default is not None:
            answer[name] = {"ValueType": "DEFAULT", "Value": {parameter.type: parameter.default}}
        else:
            answer[name] = {"ValueType": "DEFAULT"}
    return answer


def definition(control: SecurityControl, parameter: Parameter) -> dict[str, Any]:
    """Return a parameter as the definition of its control describes it.

    The description is the mock's own; AWS's is a sentence about the meaning of the parameter.
    """
    options: dict[str, Any] = {
        "DefaultValue": parameter.default,
        "Min": parameter.least,
        "Max": parameter.most,
        "MaxItems": parameter.most_items,
        "AllowedValues": list(parameter.allowed) if parameter.allowed is not None else None,
    }
    return {
        "Description": f"The parameter {parameter.name} of {control.id}",
        "ConfigurationOptions": {
            parameter.type: {name: value for name, value in options.items() if value is not None}
        },
    }


def as_texts(
    control: SecurityControl, values: Mapping[str, Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Return the parameters that a check went by, as its findings show them (observed).

    Each has its name, and its values as texts: several for a list, none without a value.
    """
    return [
        {"Name": name, "Value": _texts(next(iter(each.get("Value", {}).values()), None))}
        for name, each in shown(control, values).items()
    ]


def _texts(value: Any) -> list[str]:
    if value is None:
        return []
    if isinstance(value, bool):
        return [str(value).lower()]
    if isinstance(value, list):
        return [str(each) for each in value]
    return [str(value)]


def _check_value(parameter: Parameter, value: Mapping[str, Any]) -> None:
    given = {member: each for member, each in value.items() if each not in (None, [])}
    if not given:
        raise wrong_value(parameter.name, "must be given, because its type is CUSTOM")
    if list(given) != [parameter.type]:
        raise wrong_value(
            parameter.name, f"must be of type {parameter.type}, not {', '.join(given)}"
        )
    (wanted,) = given.values()
    items: Sequence[Any] = wanted if isinstance(wanted, list) else [wanted]
    most = parameter.most_items
    if most is not None and len(items) > most:
        raise wrong_value(parameter.name, f"must have at most {most} items")
    for item in items:
        _check_item(parameter, item)


def _check_item(parameter: Parameter, item: Any) -> None:
    least, most = parameter.least, parameter.most
    if least is not None and most is not None and not least <= item <= most:
        raise wrong_value(parameter.name, f"must be between {least} and {most}")
    if parameter.allowed is not None and item not in parameter.allowed:
        raise wrong_value(parameter.name, listed_values(parameter.allowed))
