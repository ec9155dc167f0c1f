"""Asks moto's IAM whether policies allow a request."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from moto.core.authorization import ActionAuthenticatorMixin
from moto.core.exceptions import (
    InvalidClientTokenIdError,
    SignatureDoesNotMatchError,
)

from membership_mock.engine.pipeline.caller import signing_key
from membership_mock.engine.pipeline.policies import Decision, decide
from membership_mock.engine.protocol.refusals import (
    InvalidSignatureException,
    UnrecognizedClientException,
)

if TYPE_CHECKING:
    from membership_mock.engine.moto.patches import Patches
    from membership_mock.engine.pipeline.authorization import Demand
    from membership_mock.engine.pipeline.policies import Keys
    from membership_mock.engine.protocol.http import HttpRequest
    from membership_mock.engine.protocol.refusals import Refusals


#: the end of a service-linked role's name, by the service's name in its principal
SERVICE_NAMES = {
    "security-ir": "SecurityIncidentResponse",
    "securityhub": "SecurityHub",
    "securityhubv2": "SecurityHubV2",
}


def authorize(
    request: HttpRequest,
    account_id: str,
    wanted: Callable[[], Iterator[Demand]],
    refusals: Refusals,
) -> None:
    """Apply the policies of moto's IAM to a request; the caller has asked `is_enforced`.

    moto checks the signature and collects the policies. This file evaluates them, because moto
    supports neither conditions nor several resources.

    Raises:
        ServiceError: the credentials are unknown or wrong, or no policy allows the operation.
    """
    if request.invoked_by and signing_key(request.headers) == "":
        return  # a service calls with its own role
    demanded = list(wanted())
    authenticator = _Authenticator(request, demanded[0].action.partition(":")[2], account_id)
    judge = _judge(demanded, signed=not request.invoked_by)
    try:
        authenticator._authenticate_and_authorize_action(judge)
    except _Denied as refusal:
        denied = refusal.demand.action
        why = f"because no identity-based policy allows the {denied} action"
        if refusal.explicitly:
            why = "with an explicit deny in an identity-based policy"
        raise refusals.access_denied(
            f"User: {refusal.user_arn} is not authorized to perform: {denied} on resource:"
            f" {refusal.demand.named} {why}"
        ) from None
    except InvalidClientTokenIdError:
        raise UnrecognizedClientException(
            "The security token included in the request is invalid."
        ) from None
    except SignatureDoesNotMatchError:
        raise InvalidSignatureException(
            "The request signature we calculated does not match the signature you provided. Check"
            " your AWS Secret Access Key and signing method. Consult the service documentation for"
            " details."
        ) from None


class _Denied(Exception):
    """moto's IAM does not allow a request."""

    def __init__(self, user_arn: str, demand: Demand, *, explicitly: bool) -> None:
        super().__init__(demand.action)
        self.user_arn = user_arn
        self.demand = demand
        self.explicitly = explicitly


def _judge(demanded: Sequence[Demand], *, signed: bool) -> type:
    """Return moto's check of a request, which evaluates every action and resource of the request.

    Args:
        demanded: the actions and resources.
        signed: whether the caller has signed it; False for a service that calls for the caller.
    """
    from moto.iam.access_control import IAMRequest

    class Judge(IAMRequest):  # type: ignore[misc]  # moto is untyped here
        def check_signature(self) -> None:
            if signed:
                super().check_signature()

        def check_action_permitted(self, resource: str) -> None:
            del resource
            policies = [_document(each) for each in self._access_key.collect_policies()]
            role = _role_of(self._access_key)
            for demand in demanded:
                keys = demand.keys if role is None else _of_role(role, demand.keys)
                decision = decide(policies, demand.action, demand.resource, keys)
                if decision is not Decision.ALLOWED:
                    raise _Denied(
                        str(self._access_key.arn),
                        demand,
                        explicitly=decision is Decision.DENIED,
                    )

    return Judge


def _role_of(access_key: Any) -> str | None:
    """Return the ARN of the role that an access key of moto's belongs to; None for a user's."""
    name = getattr(access_key, "_owner_role_name", None)
    if name is None:
        return None
    roles = access_key.backend.roles.values()
    place = f"arn:{access_key.partition}:iam::{access_key.account_id}:role/{name}"
    return next((str(each.arn) for each in roles if each.name == name), place)


def _of_role(role: str, keys: Keys) -> Keys:
    """Return the condition keys of a request of a role's session.

    The principal is the role then, and not the session; it has no user name. Source: the IAM user
    guide on global condition keys.
    """
    of_session: dict[str, list[str] | None] = {"aws:principalarn": [role], "aws:username": None}
    return lambda key: of_session[key] if key in of_session else keys(key)


def _document(policy: Any) -> dict[str, Any]:
    """Return the document of a policy in any of the forms in which moto keeps one."""
    from moto.iam.access_control import IAMPolicy

    document: dict[str, Any] = IAMPolicy(policy)._policy_json
    return document


def install(patches: Patches) -> None:
    """Add the names of the service-linked roles of our services to moto's IAM.

    Source: the user guides of Security Incident Response and Security Hub.
    """
    from moto.iam import models

    known = models.SERVICE_NAME_CONVERSION
    patches.set(models, "SERVICE_NAME_CONVERSION", {**known, **SERVICE_NAMES})


class _Authenticator(ActionAuthenticatorMixin):  # type: ignore[misc]  # moto is untyped here
    """A request in the form that moto's authorization takes."""

    def __init__(self, request: HttpRequest, action: str, account_id: str) -> None:
        # botocore turns values into bytes. The HTTP client adds the host, which is signed.
        self.headers = {
            name: value.decode("latin-1") if isinstance(value, bytes) else value
            for name, value in request.headers.items()
        }
        self.headers.setdefault("Host", urlsplit(request.url).netloc)
        self.uri = request.url
        self.raw_path = self.path = request.path
        self.method = request.method
        self.data: dict[str, Any] = {}
        self.raw_body = self.body = request.body
        self.current_account = account_id
        self._action = action

    def _get_action(self) -> str:
        return self._action
