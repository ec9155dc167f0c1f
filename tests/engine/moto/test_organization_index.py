"""What our services read of moto's Organizations is right, whoever has changed moto's objects."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from moto.organizations import models

from membership_mock import mock_membership
from membership_mock.engine import running
from membership_mock.engine.state.organizations import Organization

MANAGEMENT = "111111111111"
FREE = "999999999999"


class Moto:
    """An organization with three units and some accounts, and moto's objects behind it."""

    def __init__(self, mock: Any) -> None:
        self.mock = mock
        self.client = mock.client("organizations", account=MANAGEMENT, region="us-east-1")
        self.client.create_organization(FeatureSet="ALL")
        for number in range(5):
            self.add(f"account{number}")
        for number in range(3):
            self.client.create_organizational_unit(
                ParentId=self.backend.org.root_id, Name=f"unit{number}"
            )

    @property
    def backend(self) -> Any:
        return models.organizations_backends[MANAGEMENT]["aws"]

    def add(self, name: str) -> str:
        answer = self.client.create_account(AccountName=name, Email=f"{name}@example.com")
        account_id: str = answer["CreateAccountStatus"]["AccountId"]
        return account_id

    def read(self) -> Organization:
        found = running.require().world.organization_of(MANAGEMENT, "aws")
        assert found is not None
        return found

    def make_account(self, account_id: str) -> Any:
        made = models.FakeAccount(self.backend.org, AccountName="new", Email="new@example.com")
        made.id = account_id
        return made


@pytest.fixture
def organization(membership_mock: Any) -> Moto:
    made = Moto(membership_mock)
    assert_right(made)  # from now on there is an index
    return made


def assert_right(organization: Moto) -> None:
    """Compare all that is read with moto's lists."""
    backend, read = organization.backend, organization.read()
    listed = {each.id: each for each in backend.accounts}
    for account_id, account in listed.items():  # first one by one, then all
        found = organization.read().accounts.get(account_id)
        assert found is not None
        assert found.active == (account.status == "ACTIVE")
        assert found.parent_id == account.parent_id
        assert account_id in organization.read().accounts
    assert list(read.accounts) == list(listed)
    assert len(read.accounts) == len(listed)
    assert list(read.accounts.ascending) == sorted(listed)
    assert read.accounts.active == {each.id for each in backend.accounts if each.status == "ACTIVE"}
    below: dict[str, list[str]] = {}
    for account_id, account in listed.items():
        below.setdefault(account.parent_id, []).append(account_id)
    assert read.accounts.by_parent == below
    units = {each.id: each.parent_id for each in backend.ou if each.parent_id}
    assert dict(read.unit_parents) == units
    assert list(read.unit_parents.ascending) == sorted(units)
    assert list(read.targets) == sorted([*listed, *units, backend.org.root_id])
    for unit_id in units:
        assert organization.read().has_unit(unit_id)
    for absent in (FREE, "ou-none", backend.org.root_id):
        assert absent not in organization.read().accounts
        assert not organization.read().has_unit(absent)
        with pytest.raises(KeyError):
            organization.read().accounts[absent]
        with pytest.raises(KeyError):
            organization.read().unit_parents[absent]


def test_an_account_that_is_appended_to_the_list_is_found(organization):
    organization.backend.accounts.append(organization.make_account(FREE))

    assert FREE in organization.read().accounts
    assert organization.read().accounts.ascending[-1] == FREE
    organization.backend.accounts.pop()
    assert_right(organization)


def test_an_account_that_is_created_by_a_call_is_found(organization):
    organization.add("another")

    assert_right(organization)


def test_an_account_that_is_deleted_from_the_list_is_not_found(organization):
    gone = organization.backend.accounts.pop(2)

    assert gone.id not in organization.read().accounts
    assert_right(organization)


def test_an_account_that_stands_in_place_of_another_is_found(organization):
    gone = organization.backend.accounts[2]
    organization.backend.accounts[2] = organization.make_account("888888888888")

    assert gone.id not in organization.read().accounts
    assert "888888888888" in organization.read().accounts
    assert_right(organization)


def test_accounts_of_a_list_in_another_order_are_found(organization):
    organization.backend.accounts.reverse()

    assert_right(organization)


def test_accounts_of_another_list_are_found(organization):
    organization.backend.accounts = organization.backend.accounts[:2]

    assert_right(organization)


def test_an_account_that_gets_another_id_is_found_by_it_alone(organization):
    account = organization.backend.accounts[2]
    before, account.id = account.id, "888888888888"

    assert "888888888888" in organization.read().accounts.ascending
    assert "888888888888" in organization.read().accounts
    assert before not in organization.read().accounts
    assert_right(organization)


def test_the_id_of_an_account_can_change_while_another_is_read(organization):
    read = organization.read()
    assert organization.backend.accounts[1].id in read.accounts
    organization.backend.accounts[2].id = "888888888888"

    assert "888888888888" in read.accounts


@pytest.mark.parametrize("attribute", ["parent_id", "status"])
def test_what_is_set_on_an_account_is_read(organization, attribute):
    value = organization.backend.ou[1].id if attribute == "parent_id" else "SUSPENDED"
    setattr(organization.backend.accounts[3], attribute, value)

    assert_right(organization)


def test_a_moved_account_is_below_its_new_unit(organization):
    backend, unit = organization.backend, organization.backend.ou[1].id
    account_id = backend.accounts[3].id
    organization.client.move_account(
        AccountId=account_id, SourceParentId=backend.org.root_id, DestinationParentId=unit
    )

    assert organization.read().accounts_below([unit]) == [account_id]
    assert_right(organization)


def test_units_that_come_and_go_are_read(organization):
    organization.backend.ou.pop(2)
    assert_right(organization)
    organization.client.create_organizational_unit(
        ParentId=organization.backend.org.root_id, Name="late"
    )
    assert_right(organization)
    organization.backend.ou[1].id = "ou-abcd-12345678"
    assert_right(organization)


def test_a_restored_organization_is_read(organization):
    before = organization.mock.snapshot()
    organization.add("another")
    organization.client.close_account(AccountId=organization.backend.accounts[2].id)
    assert_right(organization)

    organization.mock.restore(before)

    assert_right(organization)


def test_another_organization_of_the_same_account_is_read(organization):
    organization.mock.reset()
    other = Moto(organization.mock)

    assert_right(other)


def test_everything_is_read_anew_while_nothing_counts_changes(organization, monkeypatch):
    monkeypatch.delattr(models.FakeAccount, "__setattr__")
    organization.backend.accounts[2].id = "888888888888"
    assert "888888888888" in organization.read().accounts

    organization.backend.accounts[3].status = "SUSPENDED"

    assert_right(organization)


def test_another_tool_may_replace_how_attributes_are_set(organization, monkeypatch):
    ours, seen = models.FakeAccount.__setattr__, []

    def set_attribute(self: Any, name: str, value: Any) -> None:
        seen.append(name)
        ours(self, name, value)

    monkeypatch.setattr(models.FakeAccount, "__setattr__", set_attribute)
    organization.backend.accounts[2].id = "888888888888"

    assert seen == ["id"]
    assert_right(organization)


def test_changes_are_counted_only_while_a_mock_runs():
    kinds = (models.FakeAccount, models.FakeOrganizationalUnit)
    assert all("__setattr__" not in vars(kind) for kind in kinds)
    with mock_membership():
        boto3.client("organizations", region_name="us-east-1").create_organization()
        assert all("__setattr__" in vars(kind) for kind in kinds)
    assert all("__setattr__" not in vars(kind) for kind in kinds)


def test_what_another_tool_puts_back_after_the_mock_is_replaced_by_the_next_mock():
    kind = models.FakeAccount
    with mock_membership():
        boto3.client("organizations", region_name="us-east-1").create_organization()
        left = vars(kind)["__setattr__"]
    kind.__setattr__ = left
    try:
        with mock_membership() as mock:
            assert_right(Moto(mock))
            assert vars(kind)["__setattr__"] is not left
    finally:
        if "__setattr__" in vars(kind):
            del kind.__setattr__
