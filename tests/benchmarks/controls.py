"""Security Hub: the controls of an account, in a region with many others."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, partial
from typing import Any

from tests.benchmarks.filling import (
    MANAGEMENT,
    OTHER_REGION,
    REGION,
    large_world,
)
from tests.benchmarks.long_lists import one_of
from tests.benchmarks.measuring import Effort, Figure, Row, ready, require, take_turns
from tests.benchmarks.members import fill_members
from tests.benchmarks.organizations import delegate, new_organization

#: in four standards, three of which are not there by default
CONTROL = "CloudTrail.1"
FSBP = "aws-foundational-security-best-practices/v/1.0.0"


@cache
def controls(effort: Effort) -> Mapping[str, Figure]:
    """Measure lists of controls in regions where few or many accounts have them enabled.

    Returns:
        The associations of a control (``associations``) and a page of the controls of a standard
        (``standard``), with many accounts against few; and the last page of the standard against
        the first (``page``).
    """
    short, long = effort.lengths
    with large_world():
        ids = new_organization(MANAGEMENT, long + 1)
        admins = {
            size: delegate(MANAGEMENT, ids[0], region)
            for size, region in zip(effort.lengths, (REGION, OTHER_REGION), strict=True)
        }
        for size, admin in admins.items():
            fill_members(admin, ids[1 : size + 1])
            _ready(admin)
        lists = {
            size: partial(admin.list_standards_control_associations, SecurityControlId=CONTROL)
            for size, admin in admins.items()
        }
        first = {size: _page(admin, ids[0]) for size, admin in admins.items()}
        token = ""
        while answer := _page(admins[long], ids[0], token)():
            if "NextToken" not in answer:
                break
            token = answer["NextToken"]
        times = take_turns(
            {
                **{f"associations, {size:,} accounts": ready(act) for size, act in lists.items()},
                **{f"first page, {size:,} accounts": ready(act) for size, act in first.items()},
                "last page": ready(_page(admins[long], ids[0], token)),
            },
            effort.rounds,
            effort.calls,
        )
    names = {
        "associations": (f"associations, {long:,} accounts", f"associations, {short:,} accounts"),
        "standard": (f"first page, {long:,} accounts", f"first page, {short:,} accounts"),
        "page": ("last page", f"first page, {long:,} accounts"),
    }
    return {
        name: Figure(times.ratio(*pair), "x", {each: times.middle(each) for each in pair})
        for name, pair in names.items()
    }


def _ready(admin: Any) -> None:
    """Have a control disabled, in standards that are ready for updates."""
    held = admin.get_enabled_standards()["StandardsSubscriptions"]
    updates = [
        {
            "SecurityControlId": CONTROL,
            "StandardsArn": each["StandardsArn"],
            "AssociationStatus": "DISABLED",
        }
        for each in held
    ]
    answer = admin.batch_update_standards_control_associations(
        StandardsControlAssociationUpdates=updates
    )
    require(answer["UnprocessedAssociationUpdates"] == [], f"controls were not set: {answer}")
    found = admin.list_standards_control_associations(SecurityControlId=CONTROL)
    require(len(found["StandardsControlAssociationSummaries"]) == len(held), "no associations")


def _page(admin: Any, account: str, token: str = "") -> Any:
    """Return what asks for a page of ten controls."""
    region = admin.meta.region_name
    arn = f"arn:aws:securityhub:{region}:{account}:subscription/{FSBP}"
    asked = {"StandardsSubscriptionArn": arn, "MaxResults": 10}
    return partial(
        admin.describe_standards_controls, **asked, **({"NextToken": token} if token else {})
    )


ROWS = [
    Row(f"{text}: longest / shortest", 1.2, partial(one_of, controls, key))
    for key, text in (
        ("associations", "ListStandardsControlAssociations, with many accounts"),
        ("standard", "DescribeStandardsControls, with many accounts"),
        ("page", "DescribeStandardsControls, the last page / the first"),
    )
]
