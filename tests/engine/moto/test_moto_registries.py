"""Our services inside moto: its server, Tagging API, IAM and Organizations."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import moto.backends
import pytest
import requests
from botocore.config import Config
from botocore.exceptions import ClientError
from moto.backend_index import backend_url_patterns
from moto.core import enable_iam_authentication, set_initial_no_auth_action_count
from moto.core.base_backend import BackendDict
from moto.core.responses import ActionResult
from moto.server import ThreadedMotoServer

from membership_mock import mock_membership
from membership_mock.securityhub.backend import SecurityHubBackend
from tests.samples import TEAM, case_input, new_case, new_membership

ONCE = Config(retries={"total_max_attempts": 1})


# --- the registries ---


def test_backends_live_in_a_backend_dict_by_account_and_region(membership_mock: Any) -> None:
    new_membership(
        membership_mock.client("security-ir", account="111122223333", region="eu-west-1")
    )
    backends = moto.backends.get_backend("security-ir")  # type: ignore[call-overload]
    assert isinstance(backends, BackendDict)
    assert list(backends) == ["111122223333"]
    assert list(backends["111122223333"]) == ["eu-west-1"]
    assert backends["111122223333"]["eu-west-1"].account_id == "111122223333"


def test_the_url_pattern_is_indexed_while_the_mock_runs() -> None:
    with mock_membership():
        assert "security-ir" in [service for service, _ in backend_url_patterns]
    assert "security-ir" not in [service for service, _ in backend_url_patterns]


def test_a_bucket_named_like_the_service_stays_s3s(membership_mock: Any) -> None:
    s3 = membership_mock.client("s3")
    s3.create_bucket(Bucket="security-ir")
    s3.put_object(Bucket="security-ir", Key="a", Body=b"bytes")
    assert (
        requests.get(
            s3.generate_presigned_url("get_object", Params={"Bucket": "security-ir", "Key": "a"}),
            timeout=5,
        ).content
        == b"bytes"
    )


# --- requests that do not come from botocore ---


def authorization(account: str) -> dict[str, str]:
    return {
        "Authorization": (
            f"AWS4-HMAC-SHA256 Credential={account}/20260101/eu-west-1/security-ir/aws4_request,"
            " SignedHeaders=host, Signature=0"
        )
    }


def test_requests_are_served_as_well(membership_mock: Any) -> None:
    client = membership_mock.client("security-ir", account="111122223333", region="eu-west-1")
    membership = new_membership(client)
    answer = requests.post(
        "https://security-ir.eu-west-1.api.aws/v1/memberships",
        data="{}",
        headers=authorization("111122223333"),
        timeout=5,
    )
    assert answer.status_code == 200
    assert [item["membershipId"] for item in answer.json()["items"]] == [membership]


# --- the server ---


@pytest.fixture
def endpoint(membership_mock: Any) -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def remote(endpoint: str, service: str, account: str = "111122223333") -> Any:
    return boto3.client(
        service,
        endpoint_url=endpoint,
        region_name="eu-west-1",
        aws_access_key_id=account,
        aws_secret_access_key="x",
        config=ONCE,
    )


def test_a_threaded_server_serves_the_whole_life_of_a_case(endpoint: str) -> None:
    client = remote(endpoint, "security-ir")
    membership = new_membership(client, tags={"team": "red"})
    arn = client.get_membership(membershipId=membership)["membershipArn"]
    assert client.list_tags_for_resource(resourceArn=arn)["tags"] == {"team": "red"}
    case = new_case(client)
    client.update_case_status(caseId=case, caseStatus="Detection and Analysis")
    assert client.close_case(caseId=case)["caseStatus"] == "Closed"
    assert client.list_cases()["total"] == 1


def test_the_server_tells_accounts_apart_and_shares_the_world_with_the_process(
    endpoint: str, membership_mock: Any
) -> None:
    membership = new_membership(remote(endpoint, "security-ir", "111122223333"))
    with pytest.raises(ClientError, match="AccessDeniedException"):
        remote(endpoint, "security-ir", "444455556666").get_membership(membershipId=membership)
    here = membership_mock.client("security-ir", account="111122223333", region="eu-west-1")
    assert here.get_membership(membershipId=membership)["membershipStatus"] == "Active"


def test_the_server_sends_modelled_errors(endpoint: str) -> None:
    client = remote(endpoint, "security-ir")
    with pytest.raises(client.exceptions.SecurityIncidentResponseNotActiveException):
        client.list_cases()


def test_the_server_tells_the_other_program_what_is_not_mocked(
    endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # every operation is mocked: AWS may add one at any time
    monkeypatch.delitem(SecurityHubBackend.handlers, "ListConnectorsV2")
    with pytest.raises(ClientError, match="does not mock it") as refusal:
        remote(endpoint, "securityhub").list_connectors_v2()
    assert refusal.value.response["Error"]["Code"] == "OperationNotMocked"
    assert refusal.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501


def test_a_server_that_outlives_the_mock_says_so_and_serves_the_next() -> None:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        client = remote(f"http://{host}:{port}", "securityhub")
        with mock_membership():
            client.enable_security_hub()
        with pytest.raises(ClientError, match="NotRunning"):
            client.describe_hub()
        with mock_membership():
            client.enable_security_hub()
            assert client.describe_hub()["HubArn"].endswith(":111122223333:hub/default")
    finally:
        server.stop()


def test_the_servers_reset_empties_our_world_too(endpoint: str) -> None:
    client = remote(endpoint, "security-ir")
    new_membership(client)
    requests.post(f"{endpoint}/moto-api/reset", timeout=5)
    assert client.list_memberships()["items"] == []


# --- the Resource Groups Tagging API ---


@pytest.fixture
def tagged(membership_mock: Any) -> tuple[Any, Any, str]:
    client = membership_mock.client("security-ir", account="111122223333", region="eu-west-1")
    membership = new_membership(client, tags={"team": "red"})
    arn = client.get_membership(membershipId=membership)["membershipArn"]
    tagging = membership_mock.client(
        "resourcegroupstaggingapi", account="111122223333", region="eu-west-1"
    )
    return client, tagging, arn


def test_the_tagging_api_sees_memberships(tagged: tuple[Any, Any, str]) -> None:
    _, tagging, arn = tagged
    found = {
        "ResourceARN": arn,
        "Tags": [{"Key": "team", "Value": "red"}],
    }
    assert tagging.get_resources()["ResourceTagMappingList"] == [found]
    by_type = tagging.get_resources(ResourceTypeFilters=["security-ir:membership"])
    assert by_type["ResourceTagMappingList"] == [found]
    other = tagging.get_resources(TagFilters=[{"Key": "team", "Values": ["blue"]}])
    assert other["ResourceTagMappingList"] == []
    assert tagging.get_tag_keys()["TagKeys"] == ["team"]
    assert tagging.get_tag_values(Key="team")["TagValues"] == ["red"]


def test_the_tagging_api_changes_tags(tagged: tuple[Any, Any, str]) -> None:
    client, tagging, arn = tagged
    answer = tagging.tag_resources(ResourceARNList=[arn], Tags={"level": "1"})
    assert answer["FailedResourcesMap"] == {}
    assert client.list_tags_for_resource(resourceArn=arn)["tags"] == {"team": "red", "level": "1"}
    tagging.untag_resources(ResourceARNList=[arn], TagKeys=["team"])
    assert client.list_tags_for_resource(resourceArn=arn)["tags"] == {"level": "1"}


def test_the_tagging_api_lists_what_the_service_refuses(tagged: tuple[Any, Any, str]) -> None:
    _, tagging, arn = tagged
    unknown = arn[:-4] + "zzzz"
    failed = tagging.tag_resources(ResourceARNList=[unknown, arn], Tags={"level": "1"})
    assert list(failed["FailedResourcesMap"]) == [unknown]
    assert failed["FailedResourcesMap"][unknown]["ErrorCode"] == "InvalidParameterException"


def test_the_tagging_api_keeps_accounts_and_regions_apart(
    membership_mock: Any, tagged: tuple[Any, Any, str]
) -> None:
    for account, region in [("444455556666", "eu-west-1"), ("111122223333", "us-east-1")]:
        tagging = membership_mock.client("resourcegroupstaggingapi", account=account, region=region)
        assert tagging.get_resources()["ResourceTagMappingList"] == []


# --- IAM ---


def user_client(mock: Any, actions: list[str], service: str = "security-ir") -> Any:
    iam = mock.client("iam", account="222233334444")
    iam.create_user(UserName="ana")
    iam.put_user_policy(
        UserName="ana",
        PolicyName="p",
        PolicyDocument=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}],
            }
        ),
    )
    key = iam.create_access_key(UserName="ana")["AccessKey"]
    return boto3.client(
        service,
        region_name="eu-west-1",
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
        config=ONCE,
    )


def test_iam_allows_what_a_policy_allows_and_nothing_else(membership_mock: Any) -> None:
    client = user_client(membership_mock, ["security-ir:CreateMembership"])
    with enable_iam_authentication():
        membership = new_membership(client)
        with pytest.raises(client.exceptions.AccessDeniedException) as raised:
            client.get_membership(membershipId=membership)
    error = raised.value.response["Error"]
    assert error["Message"] == (
        "User: arn:aws:iam::222233334444:user/ana is not authorized to perform:"
        " security-ir:GetMembership on resource:"
        f" arn:aws:security-ir:eu-west-1:222233334444:membership/{membership} because no"
        " identity-based policy allows the security-ir:GetMembership action"
    )
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_a_call_that_iam_refuses_changes_nothing(membership_mock: Any) -> None:
    client = user_client(membership_mock, ["security-ir:List*"])
    with enable_iam_authentication():
        with pytest.raises(client.exceptions.AccessDeniedException):
            new_membership(client)
        assert client.list_memberships()["items"] == []


def test_iam_is_asked_after_the_fields_were_checked(membership_mock: Any) -> None:
    client = user_client(membership_mock, ["s3:*"])
    with enable_iam_authentication(), pytest.raises(client.exceptions.ValidationException):
        client.create_membership(membershipName="x" * 51, incidentResponseTeam=TEAM)


def test_unknown_keys_are_refused_as_everywhere_on_aws(membership_mock: Any) -> None:
    client = membership_mock.client("security-ir", config=ONCE)
    with enable_iam_authentication(), pytest.raises(ClientError) as raised:
        client.list_memberships()
    assert raised.value.response["Error"]["Code"] == "UnrecognizedClientException"
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_a_wrong_secret_is_refused_as_everywhere_on_aws(membership_mock: Any) -> None:
    key = user_client(membership_mock, ["*"])._request_signer._credentials.access_key
    client = boto3.client(
        "security-ir",
        region_name="eu-west-1",
        aws_access_key_id=key,
        aws_secret_access_key="wrong",
        config=ONCE,
    )
    with enable_iam_authentication(), pytest.raises(ClientError) as raised:
        client.list_memberships()
    assert raised.value.response["Error"]["Code"] == "InvalidSignatureException"


@pytest.mark.parametrize("method", ["list_memberships", "list_cases", "create_case"])
def test_signatures_of_every_kind_of_request_are_accepted(
    membership_mock: Any, method: str
) -> None:
    client = user_client(membership_mock, ["security-ir:*"])
    with enable_iam_authentication():
        new_membership(client)
        arguments = case_input() if method == "create_case" else {}
        answer = getattr(client, method)(**arguments)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] in (200, 201)


def test_signatures_of_paths_with_arns_and_queries_are_accepted(membership_mock: Any) -> None:
    client = user_client(membership_mock, ["security-ir:*"])
    with enable_iam_authentication():
        arn = client.get_membership(membershipId=new_membership(client))["membershipArn"]
        client.tag_resource(resourceArn=arn, tags={"a": "b c"})
        client.untag_resource(resourceArn=arn, tagKeys=["x y", "z"])
        assert client.list_tags_for_resource(resourceArn=arn)["tags"] == {"a": "b c"}


def test_an_operation_is_allowed_by_the_action_that_its_page_names(membership_mock: Any) -> None:
    # documented: three operations of Security Hub V2 have the actions of the older service
    actions = ["GetFindings", "GetAdhocInsightResults", "BatchUpdateFindings"]
    allowed = [f"securityhub:{each}" for each in ("EnableSecurityHubV2", *actions)]
    client = user_client(membership_mock, allowed, "securityhub")
    rules = [{"GroupByField": "severity"}]
    with enable_iam_authentication():
        client.enable_security_hub_v2()
        assert client.get_findings_v2()["Findings"] == []
        client.get_finding_statistics_v2(GroupByRules=rules)
        client.batch_update_findings_v2(MetadataUids=["0" * 64], StatusId=2)
        with pytest.raises(ClientError, match="securityhub:DescribeProductsV2"):
            client.describe_products_v2()


def test_the_first_actions_are_free_when_moto_says_so() -> None:
    @set_initial_no_auth_action_count(1)
    def story() -> None:
        client = boto3.client("security-ir", config=ONCE)
        client.list_memberships()
        with pytest.raises(ClientError, match="UnrecognizedClientException"):
            client.list_memberships()

    with mock_membership():
        story()


# --- Organizations ---


PRINCIPALS = ["security-ir.amazonaws.com", "securityhub.amazonaws.com", "cleanrooms.amazonaws.com"]


@pytest.fixture
def management(membership_mock: Any) -> Any:
    client = membership_mock.client("organizations", account="111122223333")
    client.create_organization(FeatureSet="ALL")
    return client


@pytest.mark.parametrize("principal", PRINCIPALS)
def test_organizations_accepts_our_principals(management: Any, principal: str) -> None:
    management.enable_aws_service_access(ServicePrincipal=principal)
    enabled = management.list_aws_service_access_for_organization()["EnabledServicePrincipals"]
    assert [each["ServicePrincipal"] for each in enabled] == [principal]
    status = management.create_account(Email="a@example.com", AccountName="a")
    account = status["CreateAccountStatus"]["AccountId"]
    management.register_delegated_administrator(AccountId=account, ServicePrincipal=principal)
    listed = management.list_delegated_administrators(ServicePrincipal=principal)
    assert [each["Id"] for each in listed["DelegatedAdministrators"]] == [account]
    management.deregister_delegated_administrator(AccountId=account, ServicePrincipal=principal)
    management.disable_aws_service_access(ServicePrincipal=principal)


@pytest.mark.parametrize("principal", PRINCIPALS[:2])
def test_a_service_with_one_administrator_gets_no_second_one(
    management: Any, principal: str
) -> None:
    accounts = [
        management.create_account(Email=f"{name}@example.com", AccountName=name)[
            "CreateAccountStatus"
        ]["AccountId"]
        for name in ("a", "b")
    ]
    management.register_delegated_administrator(AccountId=accounts[0], ServicePrincipal=principal)
    with pytest.raises(management.exceptions.ConstraintViolationException):
        management.register_delegated_administrator(
            AccountId=accounts[1], ServicePrincipal=principal
        )
    listed = management.list_delegated_administrators(ServicePrincipal=principal)
    assert [each["Id"] for each in listed["DelegatedAdministrators"]] == accounts[:1]


def test_unknown_principals_are_still_refused(management: Any) -> None:
    with pytest.raises(management.exceptions.InvalidInputException):
        management.enable_aws_service_access(ServicePrincipal="nothing.amazonaws.com")


def test_a_delegated_administrator_reads_the_organization(
    membership_mock: Any, management: Any
) -> None:
    root = management.list_roots()["Roots"][0]["Id"]
    unit = management.create_organizational_unit(ParentId=root, Name="u")["OrganizationalUnit"]
    status = management.create_account(Email="a@example.com", AccountName="a")
    account = status["CreateAccountStatus"]["AccountId"]
    delegate = membership_mock.client("organizations", account=account)
    assert delegate.list_accounts()["Accounts"] == []  # a plain member is told nothing by moto
    management.register_delegated_administrator(
        AccountId=account, ServicePrincipal="security-ir.amazonaws.com"
    )
    assert {each["Id"] for each in delegate.list_accounts()["Accounts"]} == {
        "111122223333",
        account,
    }
    assert delegate.list_organizational_units_for_parent(ParentId=root)["OrganizationalUnits"] == [
        {"Id": unit["Id"], "Arn": unit["Arn"], "Name": "u"}
    ]
    assert delegate.describe_account(AccountId=account)["Account"]["Name"] == "a"
    assert delegate.list_parents(ChildId=account)["Parents"] == [{"Id": root, "Type": "ROOT"}]
    listed = delegate.list_delegated_administrators()["DelegatedAdministrators"]
    assert [each["Id"] for each in listed] == [account]


def test_members_of_an_organization_that_is_gone_are_free(membership_mock: Any) -> None:
    client = membership_mock.client("organizations", account="111122223333")
    client.create_organization(FeatureSet="ALL")
    status = client.create_account(Email="a@example.com", AccountName="a")
    account = status["CreateAccountStatus"]["AccountId"]
    membership_mock.reset()
    alone = membership_mock.client("organizations", account=account)
    with pytest.raises(alone.exceptions.AWSOrganizationsNotInUseException):
        alone.describe_organization()
    alone.create_organization(FeatureSet="ALL")


# --- services of moto that need more than moto ---


def test_a_service_whose_extra_is_missing_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def find(module_name: str, backends_name: str) -> Any:
        raise ModuleNotFoundError("No module named 'pyparsing'", name="pyparsing")

    with monkeypatch.context() as without:
        without.setattr(moto.backends, "_import_backend", find)
        with mock_membership() as mock, pytest.raises(ModuleNotFoundError) as raised:
            mock.client("glue").get_databases()
    assert raised.value.name == "pyparsing"
    assert "moto needs pyparsing for its service glue" in str(raised.value)
    assert "pip install 'moto[glue]'" in str(raised.value)


def test_what_moto_does_not_find_in_itself_is_no_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    def find(module_name: str, backends_name: str) -> Any:
        raise ModuleNotFoundError("No module named 'moto.glue'", name="moto.glue")

    with monkeypatch.context() as without:
        without.setattr(moto.backends, "_import_backend", find)
        with (
            mock_membership() as mock,
            pytest.raises(ModuleNotFoundError, match=r"^No module named 'moto\.glue'$"),
        ):
            mock.client("glue").get_databases()


def test_an_operation_that_a_test_adds_to_a_class_of_moto_answers_in_the_next_mock(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from moto.sts.responses import TokenResponse

    def called() -> Any:
        with mock_membership() as mock:
            return mock.client("sts").get_session_token()["Credentials"]["AccessKeyId"]

    def added(_: Any) -> Any:
        return ActionResult({"Credentials": {"AccessKeyId": "added"}})

    monkeypatch.delattr(TokenResponse, "get_session_token")
    with pytest.raises(NotImplementedError):
        called()
    monkeypatch.setattr(TokenResponse, "get_session_token", added, raising=False)
    assert called() == "added"


def test_the_names_of_methods_are_those_that_moto_lists() -> None:
    from moto.core import responses
    from moto.sts.responses import TokenResponse

    own = responses.method_names_from_class(TokenResponse)
    with mock_membership():
        names = responses.method_names_from_class(TokenResponse)
        assert names is not own
        assert list(names) == own
        assert len(names) == len(own)
        assert "get_caller_identity" in names
        assert not any(other in names for other in ("no_such_action", "__doc__", 7))
