"""The principals that act on a case: the customer by account id, or AWS by one of two names.

Source: the model's text and pattern of PrincipalId; user guide, "Communications".
"""

from __future__ import annotations

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.pipeline.context import Context

#: an engineer of AWS
RESPONDER = "AWS Responder"
#: the service itself
SERVICE = "security-ir.amazonaws.com"

AWS = (RESPONDER, SERVICE)


@dataclass(slots=True)
class AwsContext(Context):
    """A context of AWS's own work in an account and region.

    Attributes:
        acting: the part of AWS that acts, one of `AWS`.
    """

    acting: str = RESPONDER


def principal_of(ctx: Context) -> str:
    """Return the principal of a request, as comments, edits and attachments name it."""
    return ctx.acting if isinstance(ctx, AwsContext) else ctx.account_id
