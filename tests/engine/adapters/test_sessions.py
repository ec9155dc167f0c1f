"""Sessions share what they read, but nothing that a client changes."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import boto3
import botocore.loaders
import botocore.session
import pytest
from botocore.config import Config
from botocore.exceptions import UnknownServiceError
from botocore.hooks import HierarchicalEmitter

from membership_mock import mock_membership
from membership_mock.engine.protocol import model

REGION = "eu-west-1"
LEGACY = Config(retries={"mode": "legacy"})


def rules_of_retries(session: Any) -> Any:
    return copy.deepcopy(session.get_component("data_loader").load_data("_retry"))


def test_the_rules_that_one_session_changes_are_not_those_of_the_next() -> None:
    unchanged = rules_of_retries(botocore.session.Session())
    with mock_membership():
        changed = botocore.session.Session()
        # botocore merges the rules of this service into those of all services
        boto3.Session(botocore_session=changed, region_name="us-east-1").client(
            "organizations", config=LEGACY
        )
        assert rules_of_retries(changed) != unchanged
        assert rules_of_retries(botocore.session.Session()) == unchanged


def test_sessions_read_a_model_once() -> None:
    with mock_membership():
        loaders = [botocore.session.Session().get_component("data_loader") for _ in range(2)]
        models = [loader.load_service_model("securityhub", "service-2") for loader in loaders]
        assert models[0] is models[1]


def test_a_client_of_organizations_does_not_change_the_retries_of_others(
    membership_mock: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)
    membership_mock.client("organizations", config=LEGACY)
    membership_mock.fail("list_memberships", "ThrottlingException")
    answer = membership_mock.client("security-ir", config=LEGACY).list_memberships()
    assert answer["ResponseMetadata"]["RetryAttempts"] == 1


def test_handlers_of_the_maker_of_a_session_stay() -> None:
    seen: list[str] = []
    with mock_membership():
        botocore.session.Session()  # whose handlers are known from now on
        hooks = HierarchicalEmitter()
        hooks.register("before-call", lambda model, **_: seen.append(model.name))
        session = botocore.session.Session(event_hooks=hooks)
        session.create_client("security-ir", region_name="us-east-1").list_memberships()
    assert seen == ["ListMemberships"]


def test_sessions_and_the_mock_read_a_file_once() -> None:
    with mock_membership():
        session = botocore.session.Session()
        session.create_client("security-ir", region_name="us-east-1").list_memberships()
        found = session.get_component("data_loader").load_service_model("security-ir", "service-2")
        ours = model.loader().load_service_model("security-ir", "service-2")
    assert found["shapes"] is ours["shapes"]


def test_loaders_of_a_mock_return_what_botocores_own_return() -> None:
    plain = botocore.loaders.Loader()
    with mock_membership():
        ours = botocore.session.Session().get_component("data_loader")
        for kind in ("service-2", "paginators-1", "resources-1"):
            assert set(plain.list_available_services(kind)) <= set(
                ours.list_available_services(kind)
            )
            assert model.loader().list_available_services(kind) == list(
                plain.list_available_services(kind)
            )
        for name in ("partitions", "sdk-default-configuration", "_retry"):
            assert ours.load_data(name) == plain.load_data(name)


def test_a_model_is_loaded_without_a_look_at_other_services(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    version = tmp_path / "my-service" / "2026-01-01"
    version.mkdir(parents=True)
    (version / "service-2.json").write_text('{"metadata": {"serviceId": "Mine"}}')
    (tmp_path / "empty-service" / "2026-01-01").mkdir(parents=True)
    asked = []
    usual = botocore.loaders.Loader.list_available_services
    monkeypatch.setattr(
        botocore.loaders.Loader,
        "list_available_services",
        lambda self, kind: asked.append(kind) or usual(self, kind),
    )
    with mock_membership():
        loader = botocore.session.Session().get_component("data_loader")
        loader.search_paths.append(str(tmp_path))
        assert loader.load_service_model("my-service", "service-2")["metadata"]
        assert loader.load_service_model("ecs", "service-2")["metadata"]
        assert asked == []
        for unknown in ("empty-service", "my_service", "", "..", "my-service/2026-01-01"):
            with pytest.raises(UnknownServiceError) as refused:
                loader.load_service_model(unknown, "service-2")
            assert "my-service" in str(refused.value) and "ecs" in str(refused.value)
        with pytest.raises(UnknownServiceError):
            loader.load_service_model("my-service", "waiters-2")
        assert loader.list_available_services("service-2") == sorted(
            {*botocore.loaders.Loader().list_available_services("service-2"), "my-service"}
        )


def test_models_in_a_folder_of_the_user_are_read_anew_by_each_session(tmp_path: Path) -> None:
    version = tmp_path / "my-service" / "2026-01-01"
    described = {
        "metadata": {
            "apiVersion": "2026-01-01",
            "endpointPrefix": "mine",
            "protocol": "rest-json",
            "serviceId": "Mine",
            "signatureVersion": "v4",
        },
        "shapes": {},
    }

    def client(*operations: str) -> Any:
        """Return the client of a new session, after the user has written the model."""
        version.mkdir(parents=True, exist_ok=True)
        http = {"method": "GET", "requestUri": "/"}
        named = {each: {"name": each, "http": http} for each in operations}
        text = json.dumps({**described, "operations": named})
        (version / "service-2.json").write_text(text)
        session = botocore.session.Session()
        session.get_component("data_loader").search_paths.append(str(tmp_path))
        return session.create_client("my-service", REGION, endpoint_url="https://mine.example.com")

    with mock_membership():
        loader = botocore.session.Session().get_component("data_loader")
        loader.search_paths.append(str(tmp_path))
        assert "my-service" not in loader.list_available_services("service-2")
        assert hasattr(client("ListThings"), "list_things")
        changed = client("ListOthers")
        assert hasattr(changed, "list_others")
        assert not hasattr(changed, "list_things")
