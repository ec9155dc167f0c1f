"""A call costs the same however much there is besides what it is about, for every operation.

All operations are called in a small and in a large world, in the same way. The work of each is
counted; see ``growing_lists/counted_work.py``. A list may show more in the large world; what one of
its pages costs is tested in ``test_lists_of_any_length.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import Any

import pytest
from botocore.client import BaseClient
from moto.organizations import models as organizations

from membership_mock import mock_membership
from membership_mock.engine import running
from membership_mock.engine.protocol import model
from membership_mock.services import SERVICES
from tests.contract.sample_resources import ACCOUNT, REGION, sample_resources_of
from tests.growing_lists import cleanrooms, cleanrooms_associations
from tests.growing_lists.counted_work import work
from tests.samples import new_case
from tests.securityhub.findings.finding_samples import bring, finding

SMALL, LARGE = 8, 98
#: how many lines more a call may take in the large world: a loop over what there is besides takes
#: at least one for each of the 90 entries that were added
MORE = 85

#: the operations that take longer in a larger world, each with the reason
_COUNTS = "it counts all of them"
_REACHES = "it configures all accounts; many of them wait until they are read"
_ENDS = "the members of the account are members no more"
GROWS: dict[tuple[str, str], str] = {
    ("securityhub", "DisableOrganizationAdminAccount"): _ENDS,
    ("securityhub", "DisableSecurityHub"): _ENDS,
    ("securityhub", "DisableSecurityHubV2"): "the findings of the account are gone",
    ("securityhub", "EnableOrganizationAdminAccount"): "it takes over the members there are",
    ("securityhub", "EnableSecurityHubV2"): "it takes over the findings of the older service",
    ("securityhub", "GetFindingStatisticsV2"): _COUNTS,
    ("securityhub", "GetInsightResults"): "it shows each value of the findings, 100 at the most",
    ("securityhub", "GetResourcesStatisticsV2"): _COUNTS,
    ("securityhub", "StartConfigurationPolicyAssociation"): _REACHES,
    ("securityhub", "StartConfigurationPolicyDisassociation"): _REACHES,
    ("securityhub", "StartExportJobV2"): "it writes all findings",
    ("securityhub", "UpdateOrganizationConfiguration"): "it looks at all members",
}

Call = Callable[[Any, str, dict[str, Any]], Any]


def account(number: int) -> str:
    return f"{700_000_000_000 + number}"


class Filling:
    """Puts more into a world while all operations of a service are called.

    Args:
        mock: the mock.
        size: how much of each kind.
    """

    def __init__(self, mock: Any, size: int) -> None:
        self.mock = mock
        self.size = size
        self._done: set[str] = set()
        for quota in ("action_targets", "insights"):
            mock.quotas.set("securityhub", quota, 1_000_000)

    def after(self, operation: str, parameters: dict[str, Any], answer: Any) -> None:
        """Fill the world after the first call of some operations."""
        fill = getattr(self, f"after_{model.snake(operation)}", None)
        if fill is not None and operation not in self._done:
            self._done.add(operation)
            fill(parameters, answer)

    def client(self, service: str, account_id: str = ACCOUNT) -> Any:
        return self.mock.client(service, account=account_id, region=REGION)

    def numbers(self, most: int | None = None) -> range:
        return range(self.size if most is None else min(self.size, most))

    # --- organizations ---

    def after_create_organization(self, parameters: Any, answer: Any) -> None:
        backend = organizations.organizations_backends[answer["Organization"]["MasterAccountId"]]
        backend = backend["aws"]
        root = backend.org.root_id
        for number in self.numbers():
            unit = organizations.FakeOrganizationalUnit(
                backend.org, Name=f"unit{number}", ParentId=root
            )
            backend.ou.append(unit)
            made = organizations.FakeAccount(
                backend.org, AccountName=f"account{number}", Email=f"a{number}@example.com"
            )
            made.id, made.parent_id = account(number), unit.id
            backend.accounts.append(made)
            organizations.organizations_backends.master_accounts[made.id] = (
                backend.account_id,
                "aws",
            )

    # --- Security Hub ---

    def after_enable_security_hub(self, parameters: Any, answer: Any) -> None:
        client = self.client("securityhub")
        resource = {"Type": "AwsEc2Instance"}
        bring(
            client,
            *(
                finding(f"other{n}", ACCOUNT, REGION, Resources=[{**resource, "Id": f"i-{n}"}])
                for n in self.numbers()
            ),
        )
        for number in self.numbers():
            client.create_insight(
                Name=f"insight{number}", Filters={}, GroupByAttribute="ResourceId"
            )
            client.create_action_target(Name="act", Description="d", Id=f"act{number}")
            self.client("securityhub", account(number)).enable_security_hub()
        others = [{"AccountId": account(number)} for number in self.numbers(50)]
        client.create_members(AccountDetails=others)
        client.invite_members(AccountIds=[each["AccountId"] for each in others])

    def after_enable_security_hub_v2(self, parameters: Any, answer: Any) -> None:
        for number in self.numbers():
            self.client("securityhub", account(number)).enable_security_hub_v2()

    def after_enable_organization_admin_account(self, parameters: Any, answer: Any) -> None:
        if parameters.get("Feature") == "SecurityHubV2":
            self._done.remove("EnableOrganizationAdminAccount")
            return
        admin = self.client("securityhub", parameters["AdminAccountId"])
        ids = [account(number) for number in self.numbers()]
        for start in range(0, len(ids), 50):
            details = [{"AccountId": each} for each in ids[start : start + 50]]
            admin.create_members(AccountDetails=details)

    # --- Security Incident Response ---

    def after_create_case(self, parameters: Any, answer: Any) -> None:
        client = self.client("security-ir")
        for number in self.numbers():
            new_case(client, title=f"Case {number}")
            client.create_case_comment(caseId=answer["caseId"], body=f"Comment {number}")


def read_organizations() -> None:
    """Read all of every organization: what follows from it is worked out once for each change."""
    world = running.require().world
    for management in list(organizations.organizations_backends):
        found = world.organization_of(management, "aws")
        if found is not None:
            assert found.accounts.active
            assert found.targets


def measured(service: str, size: int) -> dict[str, int]:
    """Return the work of each operation of a service in a world of a size."""
    found: dict[str, int] = {}
    with mock_membership() as mock, pytest.MonkeyPatch.context() as patch:
        filling = Filling(mock, size)
        if service != "securityhub":
            client = mock.client("organizations", account=ACCOUNT, region="us-east-1")
            filling.after("CreateOrganization", {}, client.create_organization())
        if service == "cleanrooms":
            for each in [*cleanrooms.LISTS, *cleanrooms_associations.LISTS]:
                if each.operation in SERVICES[service].handlers:
                    _, _, add = each.start(mock)
                    for number in range(size):
                        add(number)
        original = BaseClient._make_api_call

        def call(self: Any, operation: str, parameters: dict[str, Any]) -> Any:
            if operation == "CreateBucket":  # there may be one already
                with suppress(self.exceptions.BucketAlreadyOwnedByYou):
                    return original(self, operation, parameters)
                return {}
            read_organizations()
            if operation in found or self.meta.service_model.service_name != service:
                answer = original(self, operation, parameters)
            else:
                found[operation], answer = work(lambda: original(self, operation, parameters))
            with patch.context() as direct:
                direct.setattr(BaseClient, "_make_api_call", original)
                filling.after(operation, parameters, answer)
            return answer

        patch.setattr(BaseClient, "_make_api_call", call)
        sample_resources_of(service).call_everything(mock)
    return found


@cache
def both(service: str) -> tuple[dict[str, int], dict[str, int]]:
    """Return the work of each operation of a service in a small and in a large world."""
    measured(service, SMALL)  # what a process does once, such as reading a model, does not count
    return measured(service, SMALL), measured(service, LARGE)


@pytest.mark.parametrize("service", SERVICES)
def test_a_call_costs_the_same_in_any_world(service: str) -> None:
    small, large = both(service)
    known = {name for of, name in GROWS if of == service} | model.paginators(service).keys()
    grown = {name for name in small.keys() - known if large[name] - small[name] > MORE}
    if grown:  # what a call does now and then, such as a finalizer, is not done twice
        again = [measured(service, size) for size in (SMALL, LARGE)]
        small, large = (
            {name: min(first[name], second[name]) for name in first}
            for first, second in zip((small, large), again, strict=True)
        )
    words = {
        name: f"{small[name]} lines in the small world, {large[name]} in the large one"
        for name in sorted(grown)
        if large[name] - small[name] > MORE
    }
    assert not words, "\n".join(f"{name}: {text}" for name, text in words.items())


@pytest.mark.newest_model
def test_the_calls_that_may_take_longer_are_mocked() -> None:
    assert all(name in SERVICES[service].handlers for service, name in GROWS)


@pytest.mark.newest_model
def test_a_call_that_reads_everything_takes_longer() -> None:
    small, large = (work["GetFindingStatisticsV2"] for work in both("securityhub"))
    assert large - small > MORE
