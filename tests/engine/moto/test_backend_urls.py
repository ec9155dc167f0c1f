"""moto's services are found by the same URLs while a mock runs."""

from __future__ import annotations

from typing import Any

import boto3
import moto.backends
import moto.s3.urls
import pytest
from moto import settings
from moto.core.base_backend import BackendDict, BaseBackend

from membership_mock import mock_membership
from membership_mock.engine.moto import backend_urls
from membership_mock.engine.moto.patches import Patches
from tests.engine.adapters.shape_models import is_run

OWN = vars(BaseBackend)["urls"]
ENDPOINTS = "MOTO_S3_CUSTOM_ENDPOINTS"


def shown(urls: dict[str, Any]) -> list[tuple[str, str]]:
    """Return patterns with the names of their handlers, which some releases of moto make anew."""
    return [(url, getattr(handler, "__qualname__", "")) for url, handler in urls.items()]


def backend_of(service: str) -> Any:
    backends = moto.backends.get_backend(service)
    if not isinstance(backends, BackendDict):
        return backends["global"]
    of_account = backends["123456789012"]
    return of_account["us-east-1"] if "us-east-1" in of_account else of_account["aws"]


@pytest.mark.usefixtures("membership_mock")
@pytest.mark.parametrize("service", ["s3", "sts", "organizations", "iam", "sqs", "apigateway"])
@pytest.mark.parametrize("iso", ["true", "false"])
def test_the_urls_of_a_service_are_those_of_moto(
    service: str, iso: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend = backend_of(service)
    before = shown(backend.urls)
    monkeypatch.setenv("MOTO_ENABLE_ISO_REGIONS", iso)
    own = shown(OWN.fget(backend))
    for _ in range(2):
        assert shown(backend.urls) == own
    monkeypatch.undo()
    assert shown(backend.urls) == before


@pytest.mark.usefixtures("membership_mock")
def test_the_module_of_s3_is_loaded_again_only_when_its_endpoints_have_changed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    backend = backend_of("s3")
    usual = backend.urls
    loaded = moto.s3.urls.url_bases
    assert backend.urls == usual
    assert moto.s3.urls.url_bases is loaded
    monkeypatch.setenv(ENDPOINTS, "https://mine.example")
    assert any("mine.example" in url for url in backend.urls)
    assert moto.s3.urls.url_bases is not loaded
    monkeypatch.delenv(ENDPOINTS)
    assert list(backend.urls) == list(usual)


def test_endpoints_that_were_set_between_two_mocks_are_not_used_after_they_are_gone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with mock_membership():
        usual = list(backend_of("s3").urls)
    monkeypatch.setenv(ENDPOINTS, "https://mine.example")
    assert any("mine.example" in url for url in backend_of("s3").urls)
    monkeypatch.delenv(ENDPOINTS)
    with mock_membership():
        assert list(backend_of("s3").urls) == usual


@pytest.mark.usefixtures("membership_mock")
def test_a_pattern_that_is_added_to_a_module_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    from moto.sts import urls

    backend = backend_of("sts")
    before = backend.urls
    before.clear()  # a copy
    assert backend.urls
    monkeypatch.setitem(urls.url_paths, "{0}/more$", print)
    assert print in backend.urls.values()


def test_a_bucket_at_an_endpoint_of_the_users_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    with mock_membership() as mock:
        mock.client("s3", region="us-east-1").create_bucket(Bucket="evidence")
        monkeypatch.setenv(ENDPOINTS, "https://mine.example")
        client = boto3.client("s3", endpoint_url="https://mine.example", region_name="us-east-1")
        assert [each["Name"] for each in client.list_buckets()["Buckets"]] == ["evidence"]


def test_a_second_call_to_s3_does_not_make_its_urls_again(membership_mock: Any) -> None:
    client = membership_mock.client("s3", region="us-east-1")
    client.create_bucket(Bucket="evidence")
    client.list_buckets()
    assert not is_run(OWN.fget, client.list_buckets)


def test_motos_own_is_back_after_the_mock() -> None:
    with mock_membership():
        backend = backend_of("sts")
        assert vars(BaseBackend)["urls"] is not OWN
        replaced = vars(BaseBackend)["urls"]
    assert vars(BaseBackend)["urls"] is OWN
    assert replaced.fget(backend) == OWN.fget(backend)


@pytest.mark.parametrize("owner", [settings, backend_urls.base_backend])
def test_a_moto_without_this_name_makes_urls_itself(
    owner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "get_s3_custom_endpoints" if owner is settings else "enable_iso_regions"
    monkeypatch.delattr(owner, name)
    patches = Patches()
    backend_urls.install(patches)
    assert patches.replaced == []


def test_the_property_of_another_tool_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    other = property(OWN.fget)
    monkeypatch.setattr(BaseBackend, "urls", other)
    with mock_membership() as mock:
        assert vars(BaseBackend)["urls"] is other
        mock.client("sts").get_caller_identity()
