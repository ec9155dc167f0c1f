"""Sessions share what they read, but nothing that a client changes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import boto3
import botocore.loaders
import botocore.session
from botocore.client import ClientCreator
from botocore.config import Config
from botocore.hooks import HierarchicalEmitter

from membership_mock import mock_membership
from membership_mock.engine.protocol import model

LEGACY = Config(retries={"mode": "legacy"})


def rules_of_retries(session: Any) -> str:
    return str(session.get_component("data_loader").load_data("_retry"))


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


def test_clients_of_a_service_share_its_model_while_a_mock_runs() -> None:
    with mock_membership() as mock:
        first, second = (
            mock.client("securityhub", account=account, region="us-east-1")
            for account in ("111111111111", "222222222222")
        )
        assert first.meta.service_model is second.meta.service_model
        assert first.meta.service_model is not mock.client("cleanrooms").meta.service_model
    later = boto3.Session(region_name="us-east-1").client("securityhub")
    assert later.meta.service_model is not first.meta.service_model


def test_clients_of_s3_have_models_of_their_own_which_botocore_changes() -> None:
    with mock_membership() as mock:
        first, second = (mock.client("s3") for _ in range(2))
        assert first.meta.service_model is not second.meta.service_model


def test_a_session_with_data_of_its_own_has_models_of_its_own(tmp_path: Path) -> None:
    with mock_membership():
        usual = botocore.session.Session()
        model_of_usual = usual.get_service_model("security-ir")
        described = dict(model_of_usual._service_description)
        described["operations"] = {"GetCase": described["operations"]["GetCase"]}
        folder = tmp_path / "security-ir" / model_of_usual.api_version
        folder.mkdir(parents=True)
        (folder / "service-2.json").write_text(json.dumps(described), encoding="utf-8")
        own = botocore.session.Session(
            session_vars={"data_path": (None, None, str(tmp_path), None)}
        )
        clients = [
            session.create_client("security-ir", region_name="us-east-1")
            for session in (usual, own, usual)
        ]
        assert [hasattr(client, "list_cases") for client in clients] == [True, False, True]


def test_a_botocore_that_reads_models_in_another_place_makes_one_for_each_client(
    monkeypatch: Any,
) -> None:
    create = ClientCreator._load_service_model
    monkeypatch.delattr(ClientCreator, "_load_service_model")
    monkeypatch.setattr(ClientCreator, "_read_service_model", create, raising=False)
    monkeypatch.setattr(
        ClientCreator, "__getattr__", lambda self, _: self._read_service_model, raising=False
    )
    with mock_membership() as mock:
        first, second = (mock.client("security-ir", region="us-east-1") for _ in range(2))
        assert first.list_memberships()["items"] == []
        assert first.meta.service_model is not second.meta.service_model
