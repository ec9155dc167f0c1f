"""The tables of the page on switching show what moto's mock_aws and this package's mock answer."""

from __future__ import annotations

from collections.abc import Callable

import moto
import pytest
import requests
from moto import mock_aws

from membership_mock import mock_membership
from membership_mock.services import SERVICES
from tests.documentation.answers_of_mock_aws import CLEAN_ROOMS, SECURITY_HUB, answer
from tests.documentation.pages import DOCS, prose, table
from tests.documentation.test_pages import optional_operations

PAGE = DOCS / "how-to" / "switch-from-mock-aws.md"
TITLES = {
    "securityhub": "Every known difference: Security Hub",
    "cleanrooms": "Every known difference: Clean Rooms",
}
CASES = {"securityhub": SECURITY_HUB, "cleanrooms": CLEAN_ROOMS}
ROWS = {
    service: {row[0]: row[1:] for row in table(PAGE, title)[1:]}
    for service, title in TITLES.items()
}
EVERY_ROW = pytest.mark.parametrize(
    ("service", "row"),
    [pytest.param(service, row, id=row) for service, rows in ROWS.items() for row in rows],
)


def all_answers(reset: Callable[[], object]) -> dict[str, str]:
    """Return the answer of each case by its row, or the error that no row shows."""
    found = {}
    for cases in CASES.values():
        for row, case in cases.items():
            reset()
            try:
                found[row] = answer(case)
            except Exception as error:  # noqa: BLE001  the test of this row shows it
                found[row] = repr(error)
    return found


# One mock serves all rows, because boto3 reads its models again with each new one.


@pytest.fixture(scope="module")
def answers_of_moto() -> dict[str, str]:
    with mock_aws():
        url = "http://motoapi.amazonaws.com/moto-api/reset"
        return all_answers(lambda: requests.post(url, timeout=10))


@pytest.fixture(scope="module")
def answers_here() -> dict[str, str]:
    with mock_membership(unmocked_calls="ignore") as mock:
        return all_answers(mock.reset)


@pytest.mark.parametrize("service", CASES)
def test_each_row_of_the_page_has_a_case(service: str) -> None:
    assert list(ROWS[service]) == list(CASES[service])


@EVERY_ROW
@pytest.mark.skipif(
    f"moto {moto.__version__} " not in prose(PAGE), reason="the page shows another release of moto"
)
def test_moto_answers_what_the_row_shows(
    service: str, row: str, answers_of_moto: dict[str, str]
) -> None:
    assert answers_of_moto[row] == ROWS[service][row][0]


@EVERY_ROW
def test_this_package_answers_what_the_row_shows(
    service: str, row: str, answers_here: dict[str, str]
) -> None:
    assert answers_here[row] == ROWS[service][row][1]


@EVERY_ROW
def test_the_answers_differ_and_the_row_has_evidence(service: str, row: str) -> None:
    of_moto, here, evidence = ROWS[service][row]
    assert of_moto != here
    assert evidence.partition(":")[0] in ("documented", "observed", "inferred")
    assert "](" in evidence


def test_the_numbers_of_operations_are_right() -> None:
    for service in SERVICES:
        number = len(SERVICES[service].handlers.keys() | optional_operations(service))
        assert f" {number} of " in prose(PAGE) or f"the {number} " in prose(PAGE)
