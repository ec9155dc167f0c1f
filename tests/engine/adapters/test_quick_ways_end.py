"""Quick ways through botocore end with the mock, and need none of its private names."""

from __future__ import annotations

from typing import Any

import botocore.model
import botocore.parsers
import botocore.utils
import pytest
from botocore.awsrequest import AWSRequestPreparer
from botocore.config import Config
from botocore.endpoint import Endpoint
from botocore.hooks import EventAliaser
from botocore.model import ServiceId, ShapeResolver
from botocore.parsers import BaseJSONParser
from botocore.regions import EndpointRulesetResolver
from botocore.retries.standard import OrRetryChecker
from botocore.serialize import RestJSONSerializer
from botocore.useragent import UserAgentString
from botocore.validate import ParamValidationDecorator

from membership_mock import mock_membership
from membership_mock.engine.adapters import json_answers, json_requests
from membership_mock.engine.moto.patches import Patches

PATCHED = [
    (BaseJSONParser, "_handle_structure"),
    (ParamValidationDecorator, "serialize_to_request"),
    (AWSRequestPreparer, "_prepare_headers"),
    (Endpoint, "_encode_headers"),
    (EndpointRulesetResolver, "_get_provider_params"),
    (EventAliaser, "emit"),
    (EventAliaser, "emit_until_response"),
    (OrRetryChecker, "is_retryable"),
    (ServiceId, "hyphenize"),
    (UserAgentString, "to_string"),
    (botocore.parsers, "lowercase_dict"),
]

#: those that botocore cannot do without
NEEDED = {BaseJSONParser, ParamValidationDecorator, AWSRequestPreparer}


def call(mock: Any) -> None:
    """Make a call whose request and answer are JSON."""
    client = mock.client(
        "security-ir",
        account="111122223333",
        region="eu-west-1",
        config=Config(retries={"mode": "standard"}),
    )
    assert client.list_memberships(maxResults=5)["items"] == []


@pytest.mark.parametrize(("owner", "name"), PATCHED)
def test_botocores_own_is_back_after_the_mock(owner: Any, name: str) -> None:
    before = vars(owner)[name]
    with mock_membership():
        assert vars(owner)[name] is not before
    assert vars(owner)[name] is before


@pytest.mark.parametrize(("owner", "name"), PATCHED)
def test_what_another_tool_has_replaced_meanwhile_stays_and_calls_botocores_own(
    owner: Any, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    with mock_membership() as mock:
        ours = vars(owner)[name]

        def other(*arguments: Any, **named: Any) -> Any:
            seen.append(arguments)
            return ours(*arguments, **named)

        monkeypatch.setattr(owner, name, other)
        call(mock)
        assert seen
    assert vars(owner)[name] is other
    seen.clear()
    with mock_membership() as mock:
        call(mock)
    assert seen
    monkeypatch.undo()
    with mock_membership() as mock:
        call(mock)
    assert getattr(vars(owner)[name], "__membership_mock_replaces__", None) is None


@pytest.mark.parametrize(("owner", "name"), PATCHED)
def test_what_another_tool_has_replaced_before_is_called_for_each_value(
    owner: Any, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    own = vars(owner)[name]

    def other(*arguments: Any, **named: Any) -> Any:
        seen.append(arguments)
        return own(*arguments, **named)

    monkeypatch.setattr(owner, name, other)
    with mock_membership() as mock:
        assert vars(owner)[name] is other
        call(mock)
    assert seen


@pytest.mark.parametrize(("owner", "name"), [each for each in PATCHED if each[0] in NEEDED])
def test_a_botocore_without_this_method_is_left_alone(
    owner: Any, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    parent = type("Parent", (), {name: vars(owner)[name]})
    monkeypatch.delattr(owner, name)
    if owner is BaseJSONParser:
        monkeypatch.setattr(
            botocore.parsers.ResponseParser, name, vars(parent)[name], raising=False
        )
    with mock_membership() as mock:
        assert name not in vars(owner)
        if owner is BaseJSONParser:
            call(mock)


def test_a_botocore_that_keeps_its_shapes_otherwise_handles_json_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    init = ShapeResolver.__init__

    def renamed(self: Any, shape_map: Any) -> None:
        init(self, shape_map)
        self._shapes = vars(self).pop("_shape_map")

    def of(self: Any, name: str, traits: Any = None) -> Any:
        described = {**self._shapes[name], **(traits or {})}
        kind = self.SHAPE_CLASSES.get(described["type"], botocore.model.Shape)
        return kind(name, described, self)

    monkeypatch.setattr(ShapeResolver, "__init__", renamed)
    monkeypatch.setattr(ShapeResolver, "get_shape_by_name", of)
    with mock_membership() as mock:
        call(mock)


@pytest.mark.parametrize("name", ["_serialize_content_type", "_get_base64"])
def test_a_botocore_whose_serializer_has_other_methods_serializes_itself(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = next(kind for kind in RestJSONSerializer.__mro__ if name in vars(kind))
    monkeypatch.setattr(owner, name, lambda *_: None)
    patches = Patches()
    json_requests.install(patches)
    assert patches.replaced == []


def test_a_botocore_that_reads_timestamps_otherwise_parses_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(botocore.utils, "parse_timestamp")
    patches = Patches()
    json_answers.install(patches)
    assert patches.replaced == []
    with mock_membership() as mock:
        call(mock)
