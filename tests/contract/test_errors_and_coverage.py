"""Errors are those of the model, every mocked operation can succeed, and the documentation's examples hold."""

from __future__ import annotations

import dataclasses
import inspect
import json
from datetime import datetime, timezone
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import requests

from membership_mock.engine.protocol import fit, model
from membership_mock.engine.protocol.codec import service_error_response
from membership_mock.engine.protocol.refusals import Violation
from membership_mock.errors import ServiceError
from membership_mock.services import SERVICES
from tests.contract.raw_requests import CARELESS
from tests.contract.sample_resources import ACCOUNT, REGION, sample_resources_of
from tests.contract.samples_from_model import Samples
from tests.samples import new_membership

# --- errors ---


def _errors_of(service: str) -> list[type[ServiceError]]:
    module = import_module(f"membership_mock.{service.replace('-', '_')}.errors")
    return [
        kind
        for kind in vars(module).values()
        if inspect.isclass(kind)
        and issubclass(kind, ServiceError)
        and kind.__module__ == module.__name__
        and not kind.__name__.startswith("_")
    ]


def _made(service: str, kind: type[ServiceError]) -> ServiceError:
    """Return an error of this class, with what its shape allows for everything it asks for."""
    shape = model.error_shape(service, kind.code)
    members = {model.snake(name): each for name, each in (shape.members if shape else {}).items()}
    samples = Samples(service)
    asked = [
        each
        for each in inspect.signature(kind).parameters.values()
        if each.default is each.empty and each.kind not in (each.VAR_KEYWORD, each.VAR_POSITIONAL)
    ]
    return kind(
        **{
            each.name: samples.value(members[each.name], "least")
            if each.name in members
            else f"the {each.name}"
            for each in asked
        }
    )


ERRORS = [
    pytest.param(service, kind, id=f"{service}-{kind.__name__}")
    for service in SERVICES
    for kind in _errors_of(service)
]
MODELLED = [each for each in ERRORS if each.values[1].status is None]


@pytest.mark.parametrize(("service", "kind"), MODELLED)
def test_an_error_is_in_the_model_with_the_status_and_the_members_of_the_answer(
    service: str, kind: Any
) -> None:
    shape = model.error_shape(service, kind.code)
    assert shape is not None
    assert shape.metadata["exception"]
    status, headers, body = service_error_response(service, _made(service, kind))
    assert status == shape.metadata["error"]["httpStatusCode"]
    assert headers["x-amzn-errortype"] == kind.code
    assert fit.error_misfits(service, None, status, headers, body) == []


@pytest.mark.parametrize(("service", "kind"), ERRORS)
def test_an_error_without_a_shape_says_its_status_and_carries_a_message_only(
    service: str, kind: Any
) -> None:
    if kind.status is None:
        return
    error = _made(service, kind)
    assert error.fields == {} or model.error_shape(service, kind.code) is not None
    status, headers, body = service_error_response(service, error)
    assert 400 <= status < 600
    assert status == kind.status
    assert headers["x-amzn-errortype"] == kind.code
    assert error.message in json.loads(body).values()


@pytest.mark.parametrize(("service", "kind"), MODELLED)
def test_an_error_reaches_the_caller_as_its_own_class_with_all_its_members(
    membership_mock: Any, monkeypatch: pytest.MonkeyPatch, service: str, kind: Any
) -> None:
    backend = SERVICES[service]
    name = next(
        (
            name
            for name in sorted(backend.handlers)
            if kind.code
            in model.declared_errors(model.service_model(service).operation_model(name))
        ),
        None,
    )
    assert name is not None, f"no mocked operation of {service} declares {kind.code}"
    error = _made(service, kind)

    def refuse(*_: Any, **__: Any) -> None:
        raise error

    refusing = dataclasses.replace(backend.handlers[name], method=refuse)
    monkeypatch.setitem(backend.handlers, name, refusing)
    client = membership_mock.client(service, account=ACCOUNT, region=REGION, config=CARELESS)

    with pytest.raises(getattr(client.exceptions, kind.code)) as refused:
        call = getattr(client, model.snake(name))
        call(**Samples(service, backend.unique_lists).input(name, "least"))

    response = refused.value.response
    assert response["Error"]["Code"] == kind.code
    assert response["Error"]["Message"] == error.message
    names = {
        model.snake(member): member for member in model.error_shape(service, kind.code).members
    }
    for field, value in error.fields.items():
        if value is not None:
            assert response[names[field]] == value
    assert membership_mock.calls[-1].error_code == kind.code


@pytest.mark.parametrize("service", SERVICES)
def test_the_refusals_of_the_engine_are_errors_of_the_service(service: str) -> None:
    refusals = SERVICES[service].refusals
    for error in (
        refusals.invalid([Violation(("field",), "required", "Member must not be null")]),
        refusals.unparsable("It is no JSON."),
        refusals.bad_page_token("nextToken"),
        refusals.token_reused("clientToken", "a-token"),
        refusals.access_denied("You may not."),
    ):
        assert model.error_shape(service, error.code) is not None
    for error in (refusals.too_large(), refusals.unknown_operation("GET", "/nothing")):
        assert error.status is not None or model.error_shape(service, error.code)


# --- coverage ---


@pytest.mark.parametrize("service", SERVICES)
def test_every_mocked_operation_has_been_called_with_success(
    membership_mock: Any, service: str
) -> None:
    resources = sample_resources_of(service)
    assert resources, (
        f"{service} has no sample resources yet: tests/contract/sample_resources/__init__.py tells how"
    )
    resources.call_everything(membership_mock)
    calls = membership_mock.calls.filter(service=service)
    assert [repr(call) for call in calls if call.error is not None] == []
    missing = SERVICES[service].handlers.keys() - {call.operation for call in calls}
    assert not missing, (
        f"tests/contract/sample_resources has no call of {', '.join(sorted(missing))}"
    )


# --- the examples of the documentation ---

_DOCUMENTED = json.loads(
    Path(__file__).with_name("documented_examples_security_ir.json").read_text(encoding="utf-8")
)
EXAMPLES = {each["operation"]: each for each in _DOCUMENTED["examples"]}


class Replay:
    """The world that the examples are about: a membership, a case, and what else each needs."""

    def __init__(self, mock: Any) -> None:
        self.client = mock.client("security-ir", account="123412341234", region="us-west-2")
        self.membership_id = self.call("CreateMembership")["membershipId"]
        self.case_id = self.call("CreateCase")["caseId"]
        self.attachment_id = "none yet"

    def call(self, operation: str) -> dict[str, Any]:
        """Send the input of an example with the ids of this world, and return the answer."""
        given = dict(EXAMPLES[operation]["input"])
        for name in given.keys() & {"membershipId", "caseId", "attachmentId", "resourceArn"}:
            given[name] = getattr(self, model.snake(name))
        answer = getattr(self.client, model.snake(operation))(**given)
        answer.pop("ResponseMetadata")
        return dict(answer)

    @property
    def resource_arn(self) -> str:
        """The ARN of the membership."""
        answer = self.client.get_membership(membershipId=self.membership_id)
        return str(answer["membershipArn"])

    def before(self, operation: str) -> None:
        """Do what an example takes for granted."""
        if operation in ("CreateMembership", "GetMembership"):
            self.call("CancelMembership")
        if operation == "GetCase":
            moment = EXAMPLES["GetCase"]["output"]["actualIncidentStartDate"]
            self.client.update_case(caseId=self.case_id, actualIncidentStartDate=moment)
        if operation in ("ListComments", "UpdateCaseComment"):
            self.call("CreateCaseComment")
        if operation in ("ListTagsForResource", "UntagResource"):
            self.call("TagResource")
        if operation == "GetCaseAttachmentDownloadUrl":
            url = self.call("GetCaseAttachmentUploadUrl")["attachmentPresignedUrl"]
            requests.put(url, data=b"x" * 1500, timeout=5).raise_for_status()
            case = self.client.get_case(caseId=self.case_id)
            # in upper case, as the example has it
            self.attachment_id = case["caseAttachments"][0]["attachmentId"].upper()


def _missing(documented: Any, ours: Any, place: str = "") -> list[str]:
    """Return the places of the documented answer that ours does not have."""
    if isinstance(documented, dict):
        found = [f"{place}/{key}" for key in documented if key not in ours]
        for key in documented.keys() & ours.keys():
            found += _missing(documented[key], ours[key], f"{place}/{key}")
        return found
    if isinstance(documented, list) and documented:
        return _missing(documented[0], ours[0], f"{place}/0") if ours else [place]
    return []


@pytest.mark.parametrize("operation", [name for name in EXAMPLES if name != "CreateCase"])
def test_a_documented_example_has_the_documented_members_and_values(
    membership_mock: Any, operation: str
) -> None:
    example, replay = EXAMPLES[operation], Replay(membership_mock)
    replay.before(operation)

    answer = replay.call(operation)

    assert _missing(example["output"], answer) == []
    for name in example.get("values_that_hold", ()):
        if name in example["input"]:
            assert answer[name] in (example["output"][name], getattr(replay, model.snake(name), ""))
        else:
            assert answer[name] == example["output"][name]
    assert (
        all(
            each
            in model.service_model("security-ir").operation_model(operation).output_shape.members
            for each in answer
        )
        if answer
        else True
    )


def test_the_documented_case_reads_back_as_it_was_created(membership_mock: Any) -> None:
    replay = Replay(membership_mock)
    case = replay.client.get_case(caseId=replay.case_id)
    sent = EXAMPLES["CreateCase"]["input"]
    moment = case.pop("reportedIncidentStartDate")
    # some releases of boto3 send whole seconds only
    assert moment.replace(microsecond=0) == datetime(2023, 3, 27, 15, 32, 1, tzinfo=timezone.utc)
    assert {name: case[name] for name in sent.keys() & case.keys()} == {
        name: value for name, value in sent.items() if name != "reportedIncidentStartDate"
    }
    assert (case["caseStatus"], case["pendingAction"]) == ("Submitted", "Customer")


def test_the_smoke_test_of_the_model_gets_the_error_it_expects(membership_mock: Any) -> None:
    """Source: the smoke test in the service's Smithy model, in us-east-1."""
    client = membership_mock.client("security-ir", region="us-east-1")
    with pytest.raises(client.exceptions.AccessDeniedException):
        client.get_membership(membershipId="m-aaaaaaaaaaaaaaaaaaaa")


REGIONS = model.service_model("security-ir").shape_for("AwsRegion").metadata["enum"]


@pytest.mark.parametrize("region", [each for each in REGIONS if not each.startswith("cn-")])
def test_ids_and_arns_keep_their_limits_in_every_region(membership_mock: Any, region: str) -> None:
    client = membership_mock.client("security-ir", account=ACCOUNT, region=region)
    new_membership(client)
    (item,) = client.list_memberships()["items"]
    for name, shape in (("membershipId", "MembershipId"), ("membershipArn", "MembershipArn")):
        limits = model.service_model("security-ir").shape_for(shape).metadata
        assert limits["min"] <= len(item[name]) <= limits["max"]
