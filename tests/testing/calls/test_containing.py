"""Lists and texts of which an assertion names a part only."""

from __future__ import annotations

from typing import Any

import pytest

from membership_mock import MembershipMock, UsageError, containing
from tests.securityhub.findings.finding_samples import finding

ADMIN, ONE, TWO = "111111111111", "222222222222", "333333333333"
REGION = "eu-west-1"


@pytest.fixture
def mock(membership_mock: MembershipMock) -> MembershipMock:
    hub = membership_mock.client("securityhub", account=ADMIN, region=REGION)
    hub.enable_security_hub()
    hub.batch_import_findings(
        Findings=[
            finding("one", ADMIN, REGION),
            finding("two", ADMIN, REGION, Severity={"Label": "LOW"}),
        ]
    )
    hub.create_members(AccountDetails=[{"AccountId": ONE, "Email": "one@example.com"}])
    hub.get_members(AccountIds=[ONE, TWO])
    return membership_mock


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        pytest.param([{"Id": "two"}], True, id="one member"),
        pytest.param([{"Id": "two", "Severity": {"Label": "LOW"}}], True, id="nested"),
        pytest.param([{"Severity": {"Label": "LOW"}}, {"Id": "one"}], True, id="in any order"),
        pytest.param([{"Id": "one", "Severity": {"Label": "LOW"}}], False, id="of two entries"),
        pytest.param([{"Id": "one"}, {"Id": "three"}], False, id="one of two"),
        pytest.param([{"Resources": containing({"Id": "i-1"})}], True, id="list in a list"),
        pytest.param([{"Resources": containing({"Id": "i-2"})}], False, id="none in a list"),
        pytest.param([{"Title": containing("port")}], True, id="piece of a text"),
        pytest.param([{"Title": containing("Open", "door")}], False, id="not in a text"),
        pytest.param([{"Types": containing("CVE")}], False, id="text in a list is whole"),
    ],
)
def test_a_list_has_an_entry_for_each_part(
    mock: MembershipMock, parts: list[Any], found: bool
) -> None:
    parameters = {"Findings": containing(*parts)}
    calls = mock.calls.filter("BatchImportFindings", parameters=parameters)
    assert len(calls) == found
    if found:
        mock.calls.assert_called("BatchImportFindings", parameters=parameters, times=1)
        assert mock.calls[1].parameters["Findings"] == containing(*parts)
        assert containing(*parts) == mock.calls[1].parameters["Findings"]
    else:
        mock.calls.assert_not_called("BatchImportFindings", parameters=parameters)
        assert mock.calls[1].parameters["Findings"] != containing(*parts)


def test_entries_may_be_no_mappings(mock: MembershipMock) -> None:
    mock.calls.assert_called("GetMembers", parameters={"AccountIds": containing(TWO)})
    mock.calls.assert_not_called("GetMembers", parameters={"AccountIds": containing(ADMIN)})
    mock.calls.assert_in_order(
        ("CreateMembers", {"parameters": {"AccountDetails": containing({"AccountId": ONE})}}),
        ("GetMembers", {"parameters": {"AccountIds": containing(ONE, TWO)}}),
    )


def test_lists_without_it_are_compared_whole_as_ever(mock: MembershipMock) -> None:
    mock.calls.assert_called("GetMembers", parameters={"AccountIds": [ONE, TWO]})
    mock.calls.assert_not_called("GetMembers", parameters={"AccountIds": [ONE]})
    mock.calls.assert_not_called(
        "CreateMembers", parameters={"AccountDetails": [{"AccountId": ONE}]}
    )


def test_an_assertion_that_fails_shows_the_parts(mock: MembershipMock) -> None:
    with pytest.raises(AssertionError, match=r"'Findings': containing\(\{'Id': 'three'\}\)"):
        mock.calls.assert_called(
            "BatchImportFindings", parameters={"Findings": containing({"Id": "three"})}
        )


def test_it_equals_nothing_but_lists_texts_and_itself() -> None:
    assert containing("a") == containing("a")
    assert containing("a") != containing("b")
    assert containing("a") != {"a": 1}
    assert containing("a") != None  # noqa: E711  the comparison itself is asked
    assert containing(1) != "1"
    assert containing({"a": 1}) == ({"a": 1, "b": 2},)
    with pytest.raises(TypeError, match="unhashable"):
        hash(containing("a"))


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        pytest.param({"Findings": containing({"Titel": "x"})}, r"'Findings\.Titel'; nearest: 'Title'", id="name"),
        pytest.param(
            {"Findings": containing({"Resources": containing({"Idd": 1})})}, r"'Findings\.Resources\.Idd'", id="inner name"
        ),
        pytest.param({"Findings": containing({"Severity": containing("LOW")})}, r"that is a list or text", id="no list"),
    ],
)  # fmt: skip
def test_parts_that_no_call_could_have_are_a_usage_error(
    mock: MembershipMock, parameters: dict[str, Any], expected: str
) -> None:
    with pytest.raises(UsageError, match=expected):
        mock.calls.filter("BatchImportFindings", parameters=parameters)


def test_no_parts_are_a_usage_error() -> None:
    with pytest.raises(UsageError, match="takes what is to be in the list"):
        containing()
