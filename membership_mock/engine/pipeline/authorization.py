"""The interface to IAM: the account of an access key, and whether policies allow a request.

Each service declares the resources of its actions as plain data, `IamResources`. The package
`engine.moto` implements the interface.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.protocol.http import HttpRequest
from membership_mock.engine.protocol.refusals import Refusals

if TYPE_CHECKING:
    from membership_mock.engine.pipeline.policies import Keys

_PLACE = re.compile(r"\{([^}]+)\}")


@dataclass(frozen=True, slots=True)
class Dependent:
    """An action that an operation needs besides its own.

    Attributes:
        action: with its service, e.g. ``iam:PassRole``.
        resource: the resource, in the form that `IamResources` explains. It is not checked if a
            parameter in it is not given.
        keys: condition keys of this action only, in lower case.
    """

    action: str
    resource: str
    keys: Mapping[str, str] = field(default_factory=dict)


def _nobody(context: Context, resource: str) -> str | None:
    del context, resource
    return None


@dataclass(frozen=True)
class IamResources:
    """The resources that the operations of a service act on, as policies name them.

    A resource is the end of an ARN with parameters in braces, by their names in snake case:
    ``case/{case_id}``. A parameter that is a whole ARN replaces all of it. A list gives several
    resources. Dots lead into a structure: ``{result_configuration.roleArn}``.
    ``{partition}``, ``{region}`` and ``{account}`` are those of the call. ``*`` means that the
    operation acts on no resource: a policy has to have ``*`` as well.

    Attributes:
        operations: the operations that act on a resource, by the resource.
        otherwise: the resource of all other operations.
        dependents: the further actions that an operation needs, by its name.
        tagged: the resources that operations create with ``tags``, which need ``TagResource``.
        owner: returns the account that owns a resource, by the end of its ARN; None for the caller.
        derived: functions for further parameters of a resource, by name: each returns the value for
            a call, or None.
    """

    operations: Mapping[str, Sequence[str]] = field(default_factory=dict)
    otherwise: str = "*"
    dependents: Mapping[str, Sequence[Dependent]] = field(default_factory=dict)
    tagged: Mapping[str, str] = field(default_factory=dict)
    owner: Callable[[Context, str], str | None] = _nobody
    derived: Mapping[str, Callable[[Context, Mapping[str, Any]], str | None]] = field(
        default_factory=dict
    )

    @cached_property
    def by_operation(self) -> Mapping[str, Sequence[str]]:
        """The resources of each operation that acts on any."""
        found: dict[str, list[str]] = {}
        for resource, operations in self.operations.items():
            for name in operations:
                found.setdefault(name, []).append(resource)
        return found


@dataclass(frozen=True, slots=True)
class Demand:
    """An action on a resource that policies have to allow.

    Attributes:
        action: with its service.
        resource: the ARN, or ``*``.
        named: the resource as a refusal names it.
        keys: the condition keys of the request, for this resource.
    """

    action: str
    resource: str
    named: str
    keys: Keys


def demands(
    resources: IamResources,
    action: str,
    context: Context,
    arguments: Mapping[str, Any],
    tags_of: Callable[[str], Mapping[str, str] | None],
) -> Iterator[Demand]:
    """Yield the demands of a call, its own action first.

    Args:
        resources: those of the service.
        action: the action of the operation, without the service.
        context: the call.
        arguments: its parameters, in snake case.
        tags_of: returns the tags of a resource of the service by its ARN; None if it has none.
    """
    service = context.service

    def demand(name: str, resource: str, more: Mapping[str, str] | None = None) -> Iterator[Demand]:
        for arn in _arns(resource, resources, context, arguments):
            keys = RequestKeys(context, arguments, arn, tags_of, more or {})
            is_ours = name.startswith(f"{service}:")
            yield Demand(name, arn, context.arn("*") if arn == "*" and is_ours else arn, keys)

    named = resources.by_operation.get(context.operation, (resources.otherwise,))
    own = [each for resource in named for each in demand(f"{service}:{action}", resource)]
    yield from own or demand(f"{service}:{action}", "*")  # the call names no resource
    if arguments.get("tags") and context.operation in resources.tagged:
        yield from demand(f"{service}:TagResource", resources.tagged[context.operation])
    for each in resources.dependents.get(context.operation, ()):
        yield from demand(each.action, each.resource, each.keys)


def _arns(
    resource: str, resources: IamResources, context: Context, arguments: Mapping[str, Any]
) -> list[str]:
    """Return the ARNs of a resource in a call; empty if a parameter is missing."""
    made = [resource]
    for name in _PLACE.findall(resource):
        derive = resources.derived.get(name)
        derived = derive(context, arguments) if derive else None
        values = [derived] if derived else _values(name, context, arguments)
        made = [each.replace(f"{{{name}}}", value) for each in made for value in values]
    return [_arn(each, resources, context) for each in made]


def _arn(made: str, resources: IamResources, context: Context) -> str:
    start = made.find("arn:")
    if made == "*" or start == 0:
        return made
    if start > 0:  # an identifier that is an ARN itself
        return made[start:]
    owner = resources.owner(context, made) or context.account_id
    return f"arn:{context.partition}:{context.service}:{context.region}:{owner}:{made}"


def _values(name: str, context: Context, arguments: Mapping[str, Any]) -> list[str]:
    of_call = {
        "partition": context.partition,
        "region": context.region,
        "account": context.account_id,
    }
    if name in of_call:
        return [of_call[name]]
    found: list[Any] = [arguments]
    for step in name.split("."):
        found = [
            inner
            for each in found
            if isinstance(each, Mapping) and each.get(step) is not None
            for inner in (each[step] if isinstance(each[step], list) else [each[step]])
        ]
    return list(dict.fromkeys(str(each) for each in found))


class RequestKeys:
    """The condition keys of a request, for one resource.

    Source: the IAM user guide on global condition keys; the service authorization reference.
    """

    __slots__ = ("_arguments", "_context", "_more", "_resource", "_tags_of")

    def __init__(
        self,
        context: Context,
        arguments: Mapping[str, Any],
        resource: str,
        tags_of: Callable[[str], Mapping[str, str] | None],
        more: Mapping[str, str],
    ) -> None:
        self._context = context
        self._arguments = arguments
        self._resource = resource
        self._tags_of = tags_of
        self._more = more

    def __call__(self, key: str) -> Sequence[str] | None:
        """Return the values of a key, whose name is in lower case; None if there are none."""
        context = self._context
        kind, _, name = key.partition("/")
        if key in self._more:
            return [self._more[key]]
        if kind == "aws:requesttag":
            return _tag(self._tags_given(), name)
        if kind == "aws:resourcetag":
            return _tag(self._tags_of(self._resource) or {}, name)
        if key == "aws:tagkeys":
            return [*self._tags_given(), *self._arguments.get("tag_keys", ())] or None
        if kind == "securityhub:asffsyntaxpath":
            return _at(self._arguments, name)
        if key == "securityhub:targetaccount":
            findings = self._arguments.get("findings") or ()
            accounts = [str(each.get("AwsAccountId")) for each in findings]
            return list(dict.fromkeys(accounts)) or None
        found = {
            "aws:requestedregion": context.region,
            "aws:principalaccount": context.account_id,
            "aws:principalarn": context.principal,
            "aws:viaawsservice": "true" if context.invoked_by else "false",
            "aws:calledvia": context.invoked_by,
            "aws:calledviafirst": context.invoked_by,
            "aws:calledvialast": context.invoked_by,
            "aws:resourceaccount": self._resource_account(),
            "aws:currenttime": f"{context.now:%Y-%m-%dT%H:%M:%SZ}",
            "aws:epochtime": str(int(context.now.timestamp())),
            "aws:securetransport": "true",
            "aws:principaltype": "AssumedRole" if ":assumed-role/" in context.principal else "User",
            "aws:principalorgid": self._organization(context.account_id),
            "aws:resourceorgid": self._organization(self._resource_account()),
            "aws:username": context.principal.rpartition(":user/")[2].rpartition("/")[2],
        }.get(key)
        return [found] if found else None

    def _tags_given(self) -> Mapping[str, str]:
        given = self._arguments.get("tags")
        return given if isinstance(given, Mapping) else {}

    def _resource_account(self) -> str:
        parts = self._resource.split(":", 5)
        return (parts[4] if len(parts) > 5 else "") or self._context.account_id

    def _organization(self, account_id: str) -> str | None:
        found = self._context.world.organization_of(account_id, self._context.partition)
        return found.organization_id if found else None


def _tag(tags: Mapping[str, str], key: str) -> list[str] | None:
    """Return the value of a tag; condition keys ignore case."""
    found = [value for name, value in tags.items() if name.lower() == key]
    return found or None


def _at(arguments: Mapping[str, Any], path: str) -> list[str] | None:
    """Return what a request of BatchUpdateFindings sets at a path of ASFF, in lower case."""
    steps = path.split(".")
    found: Any = {name.replace("_", ""): value for name, value in arguments.items()}
    for step in steps:
        if not isinstance(found, Mapping):
            return None
        found = next((value for name, value in found.items() if name.lower() == step), None)
    if found is None:
        return None
    return [str(each) for each in (found if isinstance(found, list) else [found])]


class Authorization(Protocol):
    """Find the account of an access key, and apply IAM policies to requests."""

    def account_of_access_key(self, access_key: str) -> str | None:
        """Return the account that IAM or STS gave an access key to; None if neither did."""

    def check_service(self, service: str) -> None:
        """Raise what moto raises if its configuration does not allow ``service``."""

    def authorize(
        self,
        request: HttpRequest,
        account_id: str,
        wanted: Callable[[], Iterator[Demand]],
        refusals: Refusals,
    ) -> None:
        """Refuse a request that no IAM policy allows, if policies are enforced.

        Args:
            request: what was sent.
            account_id: the caller's account.
            wanted: yields the demands of the call.
            refusals: makes the errors of the service.

        Raises:
            ServiceError: the credentials are unknown or wrong, or no policy allows the operation.
        """
