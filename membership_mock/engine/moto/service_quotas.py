"""The operations of Service Quotas for our services, which read and change the world's quotas.

moto has two of the operations, and those for one service only. Quotas without a published code
are not listed, because Service Quotas finds quotas by their codes.

Source: the API reference of Service Quotas. The texts of errors are inferred.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from moto.core.exceptions import JsonRESTError

from membership_mock.engine.moto.access_keys import principal_of
from membership_mock.engine.protocol.model import service_model
from membership_mock.engine.protocol.regions import partition_of
from membership_mock.engine.state.quota_requests import QuotaRequest, QuotaRequestStore
from membership_mock.engine.state.quotas import Quota, limit_of, set_limit

if TYPE_CHECKING:
    from membership_mock.engine.moto.patches import Patches
    from membership_mock.engine.pipeline.operation import Backend
    from membership_mock.engine.state.world import World

#: what codes of Service Quotas begin with; others are the mock's own
_CODE = "L-"
_PAGE = 100
#: the largest value that can be asked for (API reference)
_MOST = 10_000_000_000


def install(
    patches: Patches,
    services: Mapping[str, type[Backend]],
    world: Callable[[], World],
) -> None:
    """Let moto's Service Quotas answer for our services.

    Args:
        patches: undone when the mock ends.
        services: the backend class of each of our services, by service id.
        world: returns their state.
    """
    kind = importlib.import_module("moto.servicequotas.responses").ServiceQuotasResponse

    for name, answer in _OPERATIONS.items():
        # moto's own quotas never change, so the applied quotas are the defaults
        moto_answers = vars(kind).get(name) or vars(kind).get(_SAME_IN_MOTO.get(name, ""))
        patches.set(kind, name, _method(answer, moto_answers, services, world))


Answer = Callable[["_Call"], dict[str, Any]]


def _method(
    answer: Answer,
    moto_answers: Callable[[Any], str] | None,
    services: Mapping[str, type[Backend]],
    current: Callable[[], World],
) -> Callable[[Any], str]:
    def respond(response: Any) -> str:
        world = current()
        given = json.loads(response.body)
        wanted = given.get("ServiceCode")
        if wanted is not None and wanted not in services and moto_answers is not None:
            return moto_answers(response)
        if wanted is not None and wanted not in services and answer is _request:
            raise NotImplementedError(
                f"A quota of {wanted} cannot be raised in the mock: only those of"
                f" {', '.join(sorted(services))} can."
            )
        call = _Call(response, given, services, world)
        with world.lock:
            return json.dumps(answer(call))

    return respond


class _Call:
    """One call to Service Quotas."""

    def __init__(
        self,
        response: Any,
        given: Mapping[str, Any],
        services: Mapping[str, type[Backend]],
        world: World,
    ) -> None:
        self.given = given
        self.world = world
        self.account_id: str = response.current_account
        self.region: str = response.region
        self.partition = partition_of(self.region)
        self.services = services
        self._access_key: str = response.get_access_key()

    @property
    def requester(self) -> str:
        """The ARN of the caller."""
        found = principal_of(self.account_id, self.partition, self._access_key)
        return found or f"arn:{self.partition}:iam::{self.account_id}:root"

    def quotas(self, service: str | None = None) -> list[Quota]:
        """Return the quotas of a service that have a code.

        Raises:
            JsonRESTError: there is no such service.
        """
        wanted = service or self.given["ServiceCode"]
        if wanted not in self.services:
            raise _no_such("The request failed because the specified service does not exist.")
        return [each for each in self.services[wanted].quotas if _has_code(each)]

    def quota(self) -> Quota:
        """Return the quota that the call names.

        Raises:
            JsonRESTError: there is no such quota.
        """
        found = [each for each in self.quotas() if each.code == self.given["QuotaCode"]]
        if not found:
            raise _no_such("The request failed because the specified quota does not exist.")
        return found[0]

    def shown(self, quota: Quota, *, default: bool = False) -> dict[str, Any]:
        """Return a quota as Service Quotas shows it: applied, or its default."""
        where = (self.account_id, self.region)
        limit = quota.default_in(self.region) if default else limit_of(self.world, quota, *where)
        return {
            **self._named(quota, "" if default else self.account_id),
            "Value": float(limit),
            "Unit": "None",
            "Adjustable": bool(quota.adjustable),
            "GlobalQuota": False,
            "QuotaAppliedAtLevel": "ACCOUNT",
        }

    def requested(self, request: QuotaRequest) -> dict[str, Any]:
        """Return a request as Service Quotas shows it."""
        (quota,) = (each for each in self.quotas(request.service) if each.code == request.code)
        at = request.at.timestamp()
        return {
            **self._named(quota, self.account_id),
            "Id": request.id,
            "DesiredValue": request.value,
            "Status": "APPROVED",
            "Created": at,
            "LastUpdated": at,
            "Requester": json.dumps({"accountId": self.account_id, "callerArn": request.requester}),
            "GlobalQuota": False,
            "Unit": "None",
            "QuotaRequestedAtLevel": "ACCOUNT",
        }

    def requests(self) -> list[QuotaRequest]:
        """Return what the account has asked for in the region."""
        store = self.world.held_at(QuotaRequestStore, (self.account_id, self.region))
        return store.requests if store else []

    def page(self, name: str, entries: list[dict[str, Any]]) -> dict[str, Any]:
        """Return one page of a list.

        Raises:
            JsonRESTError: no page had this token.
        """
        token = self.given.get("NextToken") or "0"
        if not token.isdecimal() or int(token) > len(entries):
            raise JsonRESTError(
                "InvalidPaginationTokenException", "Invalid input was provided for NextToken."
            )
        end = int(token) + int(self.given.get("MaxResults") or _PAGE)
        answer: dict[str, Any] = {name: entries[int(token) : end]}
        if end < len(entries):
            answer["NextToken"] = str(end)
        return answer

    def _named(self, quota: Quota, account_id: str) -> dict[str, Any]:
        place = f"arn:{self.partition}:servicequotas:{self.region}:{account_id}"
        return {
            "ServiceCode": quota.service,
            "ServiceName": _name_of(quota.service),
            "QuotaArn": f"{place}:{quota.service}/{quota.code}",
            "QuotaCode": quota.code,
            "QuotaName": quota.title,
        }


def _get(call: _Call) -> dict[str, Any]:
    return {"Quota": call.shown(call.quota())}


def _get_default(call: _Call) -> dict[str, Any]:
    return {"Quota": call.shown(call.quota(), default=True)}


def _list(call: _Call) -> dict[str, Any]:
    wanted = call.given.get("QuotaCode")
    found = [each for each in call.quotas() if wanted in (None, each.code)]
    return call.page("Quotas", [call.shown(each) for each in found])


def _list_defaults(call: _Call) -> dict[str, Any]:
    return call.page("Quotas", [call.shown(each, default=True) for each in call.quotas()])


def _list_services(call: _Call) -> dict[str, Any]:
    codes = [*(each for each in call.services if call.quotas(each)), "vpc"]
    named = {"vpc": "Amazon Virtual Private Cloud (Amazon VPC)"}
    return call.page(
        "Services",
        [
            {"ServiceCode": each, "ServiceName": named.get(each) or _name_of(each)}
            for each in sorted(codes)
        ],
    )


def _request(call: _Call) -> dict[str, Any]:
    """Raise a quota at once: AWS decides in minutes to days."""
    quota, wanted = call.quota(), call.given["DesiredValue"]
    limit = limit_of(call.world, quota, call.account_id, call.region)
    if not quota.adjustable:
        raise _illegal(f"The quota {quota.code} is not adjustable.")
    if wanted <= limit or wanted != int(wanted):
        raise _illegal(
            "You must provide a quota value greater than the current quota value."
            if wanted <= limit
            else "The desired value must be a whole number."
        )
    if wanted > _MOST:
        raise _illegal(f"The desired value cannot be more than {_MOST}.")
    if quota.most is not None and wanted > quota.most:
        raise _illegal(f"The quota {quota.code} cannot be more than {quota.most}.")
    world = call.world
    set_limit(world, quota, int(wanted), call.account_id, call.region)
    request = QuotaRequest(
        world.uuid().replace("-", ""),
        quota.service,
        str(quota.code),
        float(wanted),
        world.clock.now(),
        call.requester,
    )
    world.store_at(QuotaRequestStore, (call.account_id, call.region)).requests.append(request)
    return {"RequestedQuota": call.requested(request)}


def _get_request(call: _Call) -> dict[str, Any]:
    for each in call.requests():
        if each.id == call.given["RequestId"]:
            return {"RequestedQuota": call.requested(each)}
    raise _no_such("The request failed because the specified request does not exist.")


def _list_requests(call: _Call) -> dict[str, Any]:
    wanted = (call.given.get("ServiceCode"), call.given.get("QuotaCode"))
    status = call.given.get("Status")
    found: Iterator[QuotaRequest] = (
        each
        for each in call.requests()
        if wanted[0] in (None, each.service)
        and wanted[1] in (None, each.code)
        and status in (None, "APPROVED")
    )
    return call.page("RequestedQuotas", [call.requested(each) for each in found])


_OPERATIONS: Mapping[str, Answer] = {
    "get_service_quota": _get,
    "get_aws_default_service_quota": _get_default,
    "list_service_quotas": _list,
    "list_aws_default_service_quotas": _list_defaults,
    "list_services": _list_services,
    "request_service_quota_increase": _request,
    "get_requested_service_quota_change": _get_request,
    "list_requested_service_quota_change_history": _list_requests,
    "list_requested_service_quota_change_history_by_quota": _list_requests,
}


#: moto's operation that answers, for moto's services, the operations that moto does not have
_SAME_IN_MOTO: Mapping[str, str] = {
    "list_service_quotas": "list_aws_default_service_quotas",
    "get_aws_default_service_quota": "get_service_quota",
}


def _has_code(quota: Quota) -> bool:
    return quota.code is not None and quota.code.startswith(_CODE)


def _name_of(service: str) -> str:
    """Return what AWS calls a service, from botocore's model."""
    return str(service_model(service).metadata["serviceFullName"])


def _no_such(message: str) -> JsonRESTError:
    return JsonRESTError("NoSuchResourceException", message)


def _illegal(message: str) -> JsonRESTError:
    return JsonRESTError("IllegalArgumentException", message)
