"""Policies that are recommended for findings on unused permissions.

Source: the user guide on unused access (what is refused, and that a generation takes about 20
seconds). Inferred [SH-278]: what is recommended when no test has said so, and when the generation
ends.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import Family, operation
from membership_mock.engine.protocol.pagination import Listing
from membership_mock.engine.state.lifecycle import Progress
from membership_mock.securityhub.errors import (
    AccessDeniedException,
    InvalidInputException,
    ResourceNotFoundException,
)
from membership_mock.securityhub.findings.finding_store import RETENTION, FindingStore
from membership_mock.securityhub.v2.access.subscription import SubscriptionV2
from membership_mock.securityhub.v2.findings.visibility import VisibleFindings
from membership_mock.securityhub.v2.ocsf.documents import shown
from membership_mock.securityhub.v2.ocsf.resource_documents import id_of
from membership_mock.securityhub.v2.queries.fields import Document
from membership_mock.securityhub.v2.stores.ocsf_store import OcsfFindingStore
from membership_mock.securityhub.v2.stores.remediation_store import (
    Recommendation,
    RecommendationStore,
)

STEPS = (timedelta(seconds=20),)
KIND = "UNUSED_PERMISSION_RECOMMENDATION"
_UNUSED = "UnusedPermission"
_RESOLVED = (3, 4, 5)


class RecommendedPoliciesV2(Family):
    """The operations on recommended policies."""

    @operation("GenerateRecommendedPolicyV2", optional=True)
    def generate_recommended_policy_v2(self, ctx: Context, metadata_uid: str) -> None:
        """Begin to generate a policy for a finding; to call it again begins anew (documented).

        Raises:
            AccessDeniedException: the finding is another account's, which the caller does not
                administer; or the caller has no hub of V2.
            InvalidInputException: the finding is not on unused permissions, or is resolved.
            ResourceNotFoundException: there is no such finding (inferred [SH-279]).
        """
        self.of(SubscriptionV2).require(ctx)
        self._finding(ctx, metadata_uid)
        store = self.store(RecommendationStore)
        steps, error = store.planned.get(metadata_uid, (None, None))
        store.recommendations[metadata_uid] = Recommendation(
            ctx.now, Progress([ctx.now]), steps, error
        )

    @operation("GetRecommendedPolicyV2", optional=True)
    def get_recommended_policy_v2(self, ctx: Context, metadata_uid: str) -> dict[str, Any]:
        """Return the policy that was generated for a finding, step by step.

        Raises:
            AccessDeniedException, InvalidInputException: as for generating one.
            ResourceNotFoundException: no policy was generated, or it was more than 90 days ago
                (documented).
        """
        self.of(SubscriptionV2).require(ctx)
        document = self._finding(ctx, metadata_uid)
        found = self.store(RecommendationStore).recommendations.get(metadata_uid)
        if found is None or ctx.now >= found.began_at + RETENTION:
            raise ResourceNotFoundException("Recommended policy not found")
        found.progress.look(STEPS, ctx.now, ctx.world)
        about = [id_of(resource) for resource in document.get("resources", ())]
        answer: dict[str, Any] = {
            "RecommendationType": KIND,
            "ResourceArn": next(filter(None, about), None),
            "Status": "IN_PROGRESS",
            "RecommendationSteps": Listing([], position=lambda pair: int(pair[0])),
        }
        if not found.progress.steps:
            return answer
        if found.error is not None:
            code, message = found.error
            return {**answer, "Status": "FAILED", "Error": {"Code": code, "Message": message}}
        steps = found.steps if found.steps is not None else _default_steps(found)
        return {
            **answer,
            "Status": "SUCCEEDED",
            "RecommendationSteps": Listing(
                list(enumerate(steps)),
                position=lambda pair: int(pair[0]),
                show=lambda pair: {"UnusedPermissions": pair[1]},
            ),
        }

    def _finding(self, ctx: Context, uid: str) -> Document:
        """Return the finding that a policy is about."""
        record = self.of(VisibleFindings).finder(ctx.now)(uid)
        if record is None:
            if self.store(OcsfFindingStore).find(uid) is not None:
                raise AccessDeniedException(f"You are not authorized to access finding {uid}")
            raise ResourceNotFoundException("Finding not found")
        document: Document = shown(self.store(FindingStore), record) or {}
        info = document["finding_info"]
        named = [*info.get("types", ()), info.get("title", "")]
        product = document["metadata"]["product"]["uid"]
        if "/aws/access-analyzer" not in product or not any(_UNUSED in each for each in named):
            raise InvalidInputException(f"Finding {uid} is not an unused permission finding")
        if document["status_id"] in _RESOLVED:
            raise InvalidInputException(f"Finding {uid} is resolved")
        return document


def _default_steps(found: Recommendation) -> list[dict[str, Any]]:
    """Return what is recommended when no test has said so: to detach the policy."""
    return [
        {
            "RecommendedAction": "DETACH_POLICY",
            "ExistingPolicyId": "unused-permissions",
            "PolicyUpdatedAt": found.began_at,
        }
    ]
