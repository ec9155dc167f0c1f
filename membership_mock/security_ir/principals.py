"""Who acts on a case: the customer by account id, or AWS by one of two names.

Source: the model's text and pattern of PrincipalId; user guide, "Communications".
"""

from __future__ import annotations

from dataclasses import dataclass

from membership_mock.engine.pipeline.context import Context

#: an engineer of AWS
RESPONDER = "AWS Responder"
#: the service itself
SERVICE = "security-ir.amazonaws.com"

AWS = (RESPONDER, SERVICE)


@dataclass(slots=True)
class AwsContext(Context):
    """What AWS does by itself in the account and region of the context.

    Attributes:
        acting: which part of AWS acts, one of `AWS`.
    """

    acting: str = RESPONDER


def principal_of(ctx: Context) -> str:
    """Return the principal of a request, as comments, edits and attachments name it."""
    return ctx.acting if isinstance(ctx, AwsContext) else ctx.account_id
