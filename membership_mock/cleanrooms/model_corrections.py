"""Corrections of the service model where it contradicts itself.

The ARN of a table association has 142 characters in either of the spellings that the model has
for it, and the model allows it 100; the same 100 would keep TagResource from everything inside a
membership, which the service authorization reference lists as taggable. The ARN of a privacy
budget template stands in the model without its membership.

Source for the spelling: the service authorization reference, and the model's BudgetedResourceArn
and SchemaResourceArn; the new limit is that of AnalysisTemplateArn, and for privacy budget
templates that of their CloudFormation type.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

CORRECTIONS: Mapping[str, Mapping[str, Any]] = {
    "CleanroomsArn": {"max": 200},
    "ConfiguredTableAssociationArn": {
        "max": 200,
        "pattern": (
            r"arn:aws:[\w]+:[\w]{2}-[\w]{4,9}-[\d]:[\d]{12}:membership/[\d\w-]+"
            r"/configuredtableassociation/[\d\w-]+"
        ),
    },
    "PrivacyBudgetTemplateArn": {
        "max": 200,
        "pattern": (
            r"arn:aws:[\w]+:[\w]{2}-[\w]{4,9}-[\d]:[\d]{12}:membership/[\d\w-]+"
            r"/privacybudgettemplate/[\d\w-]+"
        ),
    },
}
