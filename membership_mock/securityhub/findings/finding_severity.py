"""The severity of a finding: a label and a number that follow from each other.

Source: API page Severity.
"""

from __future__ import annotations

from collections.abc import Mapping
from sys import intern
from typing import Any

#: the labels, each with its lowest number, which is also what the label alone stands for
LABELS: tuple[tuple[str, int], ...] = (
    ("CRITICAL", 90),
    ("HIGH", 70),
    ("MEDIUM", 40),
    ("LOW", 1),
    ("INFORMATIONAL", 0),
)


def completed(severity: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``severity`` with label and number, of which it has one at least."""
    complete = dict(severity)
    if "Label" not in complete:
        number = complete["Normalized"]
        complete["Label"] = next(label for label, lowest in LABELS if number >= lowest)
    # Searches read the label of every finding, which is faster where equal labels are one object.
    complete["Label"] = intern(complete["Label"])
    complete.setdefault("Normalized", dict(LABELS)[complete["Label"]])
    return complete


def severity_of_provider(severity: Mapping[str, Any]) -> dict[str, Any]:
    """Return what FindingProviderFields has of the severity at the top of a finding."""
    complete = completed(severity)
    return {name: complete[name] for name in ("Label", "Original") if name in complete}


def severity_for(provided: Mapping[str, Any], top: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the severity at the top of a finding.

    Args:
        provided: the severity in FindingProviderFields, which decides.
        top: what was given at the top; its number and the product's own figure stay if the
            labels agree.
    """
    rest = completed(top) if top else {}
    if rest.get("Label") != provided["Label"]:
        rest = {}
    return completed({**rest, **provided})
