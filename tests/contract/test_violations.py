"""Input that breaks one constraint of the model is refused, by its name, and nothing happens."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from typing import Any

import pytest

from membership_mock import mock_membership
from membership_mock.engine.pipeline.request_pipeline import RequestPipeline
from membership_mock.engine.protocol import model
from membership_mock.engine.protocol.refusals import Violation
from membership_mock.errors import ServiceError
from membership_mock.services import SERVICES
from tests.contract.raw_requests import UncheckedClient, world
from tests.contract.sample_resources import mocked_operations, sample_resources_of, samples_of
from tests.contract.samples_from_model import Break, Samples, wire
from tests.undeclared_errors import allowed


class Refused:
    """What the engine has refused, in the engine's own terms: watched at the service's refusals."""

    def __init__(self, service: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.violations: list[Violation] = []
        self.details: list[str] = []
        self.errors: list[ServiceError] = []
        refusals = type(SERVICES[service].refusals)
        invalid, unparsable = refusals.invalid, refusals.unparsable

        def watched_invalid(this: Any, violations: Sequence[Violation]) -> ServiceError:
            self.violations += violations
            self.errors.append(invalid(this, violations))
            return self.errors[-1]

        def watched_unparsable(this: Any, detail: str) -> ServiceError:
            self.details.append(detail)
            self.errors.append(unparsable(this, detail))
            return self.errors[-1]

        monkeypatch.setattr(refusals, "invalid", watched_invalid)
        monkeypatch.setattr(refusals, "unparsable", watched_unparsable)

    def forget(self) -> None:
        """Start anew."""
        for each in (self.violations, self.details, self.errors):
            each.clear()


class Furnished:
    """A world with a resource of each kind of a service, and what to send to it.

    Attributes:
        mock: the mock in which it is.
        samples: input for the operations of the service.
        client: the client that sends it.
    """

    def __init__(self, mock: Any, service: str) -> None:
        self.mock = mock
        self.samples = samples_of(service, mock)
        self.client = UncheckedClient(mock, service)
        self._before = mock.snapshot()

    def restore(self) -> None:
        """Bring the world back to what it was before the first test."""
        self.mock.restore(self._before)


@pytest.fixture(scope="module")
def furnished_worlds() -> Iterator[Callable[[str], Furnished]]:
    """Return what furnishes the world of a service, which takes longer than most tests in it."""
    running: dict[str, Furnished] = {}
    with ExitStack() as stack:

        def furnish(service: str) -> Furnished:
            if service not in running:
                running.clear()
                stack.pop_all().close()  # one mock at a time: nested ones would share their world
                mock = stack.enter_context(mock_membership())
                running[service] = Furnished(mock, service)
            return running[service]

        yield furnish


@pytest.fixture
def furnished(furnished_worlds: Callable[[str], Furnished], service: str) -> Furnished:
    """The world of the service of a test, as nobody has touched it."""
    world_of_service = furnished_worlds(service)
    world_of_service.restore()
    return world_of_service


@pytest.mark.parametrize(("service", "operation"), mocked_operations())
def test_each_broken_constraint_is_refused_before_anything_happens(
    furnished: Furnished, monkeypatch: pytest.MonkeyPatch, service: str, operation: str
) -> None:
    resources, samples, client = sample_resources_of(service), furnished.samples, furnished.client
    refused = Refused(service, monkeypatch)
    valid = samples.input(operation, "least")
    wrong = []
    before = world()
    for field in samples.fields(operation):
        for broken in samples.breaks(operation, field):
            refused.forget()
            if broken.by_botocore:
                response = client.send(operation, broken.parameters)
            else:
                sent = wire(samples.operation(operation), broken.parameters)
                response = client.send_wire(operation, valid, sent)
            problem = _problem(samples, broken, refused, response, resources)
            after = world()
            if after != before:
                problem, before = f"{problem or ''} the world has changed".strip(), after
            if problem:
                wrong.append(f"{broken}: {problem}")
    assert not wrong, f"{len(wrong)} constraints:\n" + "\n".join(wrong[:30])


def _problem(
    samples: Samples, broken: Break, refused: Refused, response: dict[str, Any], resources: Any
) -> str | None:
    """Return what is wrong with a refusal; None if nothing is."""
    if "Error" not in response:
        return f"was accepted: {response}"
    if broken.kind == "type":
        place = "/".join(map(str, broken.path))
        if len(refused.details) != 1 or f"'/{place}'" not in refused.details[0]:
            return f"is refused, but not for its type: {response['Error']}"
    else:
        found = [(each.kind, each.path) for each in refused.violations]
        if found != [(broken.kind, broken.path)]:
            return f"is refused for {found or response['Error']}"
    code = response["Error"]["Code"]
    expected = refused.errors[0]
    shape = model.error_shape(samples.service, code)
    declared = model.declared_errors(samples.operation(broken.operation))
    if code != expected.code or code not in declared | allowed(samples.service, broken.operation):
        return f"is refused with {code}, which {broken.operation} does not declare"
    status = response["ResponseMetadata"]["HTTPStatusCode"]
    modelled = shape.metadata.get("error", {}).get("httpStatusCode") if shape else None
    if modelled is not None and status != modelled:
        return f"is refused with the status {status}, not {modelled}"
    try:
        if resources:
            resources.assert_refusal(response, broken)
    except AssertionError as failed:
        return f"is refused in other words: {failed}"
    return None


@pytest.mark.parametrize("extent", ["least", "most"])
@pytest.mark.parametrize(("service", "operation"), mocked_operations())
def test_input_that_keeps_every_constraint_is_let_through_as_it_was_sent(
    furnished: Furnished,
    monkeypatch: pytest.MonkeyPatch,
    service: str,
    operation: str,
    extent: Any,
) -> None:
    samples, client = furnished.samples, furnished.client
    reached = []
    perform = RequestPipeline._perform

    def watched(*args: Any) -> Any:
        reached.append(operation)
        return perform(*args)

    monkeypatch.setattr(RequestPipeline, "_perform", watched)
    sent = samples.input(operation, extent)

    response = client.send(operation, sent)

    # the handler may refuse it for what no model says
    assert reached == [operation], response
    received = dict(furnished.mock.calls[-1].parameters)
    token = model.idempotency_token(samples.operation(operation))
    if token not in sent:
        received.pop(token, None)  # botocore made one
    assert received == sent
