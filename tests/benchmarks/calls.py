"""One call of one operation, against what no mock that works through botocore can beat."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from io import BytesIO
from typing import Any

from botocore.awsrequest import AWSResponse
from moto import mock_aws
from moto.core.models import botocore_stubber

from membership_mock import mock_membership
from tests.benchmarks.filling import client_of
from tests.benchmarks.measuring import (
    Action,
    Contender,
    Effort,
    Figure,
    Row,
    ready,
    require,
    take_turns,
)
from tests.samples import case_input, new_case, new_membership

CASES = 10

#: what an object of S3 holds
OBJECT = b"evidence" * 20

#: the entries of a page that mostly consists of timestamps
PAGE = 50


@dataclass(frozen=True)
class Scene:
    """One call of one operation.

    Attributes:
        service: the service's id.
        method: the client's method.
        prepare: fills an empty world and returns the parameters of the call; it is done anew for
            every round, so a quota has to last for one round only.
        check: says whether the answer is right.
    """

    service: str
    method: str
    prepare: Callable[[Any], dict[str, Any]]
    check: Callable[[dict[str, Any]], bool]


def one_call(scene: Scene, mock: Callable[[], Any], effort: Effort) -> Figure:
    """Measure a call inside ``mock`` against the floor."""
    with mock():
        client = client_of(scene.service)

    @contextmanager
    def mocked() -> Iterator[Action]:
        with mock():
            yield partial(getattr(client, scene.method), **scene.prepare(client))

    sent: list[dict[str, Any]] = []
    watched = client_of(scene.service)
    watched.meta.events.register(
        "before-parse", lambda response_dict, **_: sent.append(response_dict)
    )
    with mock():
        parameters = scene.prepare(watched)
        expected = getattr(watched, scene.method)(**parameters)
    require(scene.check(expected), f"{scene.method} answered {expected}")
    bare = _floor(scene.service, sent[-1])
    call = partial(getattr(bare, scene.method), **parameters)
    require(_content(call()) == _content(expected), "the floor answers something else")
    contenders: dict[str, Contender] = {"floor": ready(call), "mock": mocked}
    return take_turns(contenders, effort.rounds, effort.calls).figure("mock", "floor")


def one_call_of_moto(scene: Scene, effort: Effort) -> Figure:
    """Measure a call that moto answers, inside our mock against the same inside ``mock_aws``."""

    def inside(mock: Callable[[], Any]) -> Contender:
        @contextmanager
        def mocked() -> Iterator[Action]:
            with mock():
                client = client_of(scene.service)
                parameters = scene.prepare(client)
                call = partial(getattr(client, scene.method), **parameters)
                require(scene.check(call()), f"{scene.method} answered something else")
                yield call

        return mocked

    contenders = {"mock": inside(mock_membership), "moto": inside(mock_aws)}
    return take_turns(contenders, effort.rounds, effort.calls).figure("mock", "moto")


def _floor(service: str, answer: dict[str, Any]) -> Any:
    """Return a client that answers everything with the same bytes, and knows no mock."""
    client = client_of(service)
    status, headers, body = answer["status_code"], dict(answer["headers"]), answer["body"]

    def send_canned(request: Any, **_: Any) -> AWSResponse:
        return AWSResponse(request.url, status, headers, _Raw(body))

    client.meta.events.unregister("before-send", botocore_stubber)
    client.meta.events.register_first("before-send", send_canned)
    return client


class _Raw(BytesIO):
    def stream(self, amt: int | None = None, decode_content: bool | None = None) -> Iterator[bytes]:
        del amt, decode_content
        if chunk := self.read():
            yield chunk


def _content(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


def _with_membership(client: Any) -> dict[str, Any]:
    return {"membershipId": new_membership(client)}


def _with_cases(client: Any) -> dict[str, Any]:
    new_membership(client)
    for _ in range(CASES):
        new_case(client)
    return {}


def _for_create_case(client: Any) -> dict[str, Any]:
    new_membership(client)
    return case_input()


def _for_create_comment(client: Any) -> dict[str, Any]:
    new_membership(client)
    return {"caseId": new_case(client), "body": "The key was rotated."}


def _with_organization(client: Any) -> dict[str, Any]:
    client.create_organization(FeatureSet="ALL")
    return {}


def _with_bucket(client: Any) -> None:
    where = {"LocationConstraint": client.meta.region_name}
    client.create_bucket(Bucket="evidence", CreateBucketConfiguration=where)
    client.put_object(Bucket="evidence", Key="object", Body=OBJECT)


def _for_object(client: Any) -> dict[str, Any]:
    _with_bucket(client)
    return {"Bucket": "evidence", "Key": "object"}


def _for_new_object(client: Any) -> dict[str, Any]:
    return {**_for_object(client), "Body": OBJECT}


def _for_objects(client: Any) -> dict[str, Any]:
    _with_bucket(client)
    return {"Bucket": "evidence"}


def _with_hub(client: Any) -> dict[str, Any]:
    client.enable_security_hub()
    return {}


def _with_members(client: Any) -> dict[str, Any]:
    client.enable_security_hub()
    details = [
        {"AccountId": f"{n:012d}", "Email": f"a{n}@example.com"} for n in range(1, CASES + 1)
    ]
    client.create_members(AccountDetails=details)
    return {"OnlyAssociated": False}


def _with_page_of_invited(client: Any) -> dict[str, Any]:
    client.enable_security_hub()
    ids = [f"{n:012d}" for n in range(1, PAGE + 1)]
    client.create_members(
        AccountDetails=[{"AccountId": each, "Email": f"{each}@example.com"} for each in ids]
    )
    client.invite_members(AccountIds=ids)
    return {"OnlyAssociated": False}


def _is_page_of_invited(answer: dict[str, Any]) -> bool:
    return sum(
        isinstance(each[name], datetime)
        for each in answer["Members"]
        for name in ("InvitedAt", "UpdatedAt")
    ) == (2 * PAGE)


CALLS = [
    Scene(
        "security-ir",
        "get_membership",
        _with_membership,
        lambda answer: answer["membershipStatus"] == "Active",
    ),
    Scene("security-ir", "list_cases", _with_cases, lambda answer: len(answer["items"]) == CASES),
    Scene("security-ir", "create_case", _for_create_case, lambda answer: "caseId" in answer),
    Scene(
        "security-ir",
        "create_case_comment",
        _for_create_comment,
        lambda answer: answer["commentId"] == "000000",
    ),
]

CALLS_OF_BOTH = [
    Scene("securityhub", "describe_hub", _with_hub, lambda answer: "HubArn" in answer),
    Scene(
        "securityhub", "list_members", _with_members, lambda answer: len(answer["Members"]) == CASES
    ),
]

CALLS_OF_MOTO = [
    Scene("sts", "get_caller_identity", lambda _: {}, lambda answer: "Account" in answer),
    Scene(
        "organizations",
        "list_accounts",
        _with_organization,
        lambda answer: len(answer["Accounts"]) == 1,
    ),
    Scene("s3", "put_object", _for_new_object, lambda answer: "ETag" in answer),
    Scene("s3", "get_object", _for_object, lambda answer: answer["Body"].read() == OBJECT),
    Scene("s3", "list_objects_v2", _for_objects, lambda answer: answer["KeyCount"] == 1),
]


def call_to_moto(effort: Effort) -> Figure:
    """Measure a call to a service of moto's in our mock against the same in `mock_aws`."""

    @contextmanager
    def inside(mock: Callable[[], Any]) -> Iterator[Action]:
        with mock():
            client = client_of("organizations")
            client.create_organization(FeatureSet="ALL")
            require(client.list_roots()["Roots"], "the organization has no root")
            yield client.list_roots

    contenders: dict[str, Contender] = {
        "mock_membership": partial(inside, mock_membership),
        "mock_aws": partial(inside, mock_aws),
    }
    return take_turns(contenders, effort.rounds, effort.calls).figure(*contenders)


ROWS = [
    Row(
        f"a page of {PAGE} entries with two timestamps each / floor",
        0.25,
        partial(
            one_call,
            Scene("securityhub", "list_members", _with_page_of_invited, _is_page_of_invited),
            mock_membership,
        ),
    ),
    Row("one call to a service of moto's, organizations list_roots / mock_aws", 0.90, call_to_moto),
    *(
        Row(
            f"one call, {scene.service} {scene.method} in this mock / in mock_aws",
            0.90,
            partial(one_call_of_moto, scene),
        )
        for scene in CALLS_OF_MOTO
    ),
    *(
        Row(
            f"one call, {scene.service} {scene.method} / floor",
            # CreateCase stores the largest input
            1.00 if scene.method == "create_case" else 0.95,
            partial(one_call, scene, mock_membership),
        )
        for scene in (*CALLS, *CALLS_OF_BOTH)
    ),
    *(
        Row(
            f"one call, moto's {scene.service} {scene.method} / floor",
            None,
            partial(one_call, scene, mock_aws),
        )
        for scene in CALLS_OF_BOTH
    ),
]
