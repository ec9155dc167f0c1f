"""Arguments of seeds that cannot be right: a usage error that names them, and nothing happens."""

import pytest

from tests.testing.dumps.world_state import nothing_happens

BANK, SHOP = "111111111111", "222222222222"


@pytest.mark.parametrize(
    ("seed", "arguments", "named"),
    [
        ("securityhub.hub", {"standards": 5}, "standards: 5"),
        ("securityhub.hub", {"standards": "nist-800-53/v/5.0.0"}, "standards: 'nist"),
        ("securityhub.aggregator", {"linked_regions": "eu-west-1"}, "linked_regions: 'eu-west-1'"),
        ("securityhub.member", {"administrator": BANK, "account": [SHOP]}, "account: "),
        ("securityhub.member", {"administrator": BANK, "account": SHOP, "status": []}, "status: "),
        ("securityhub.members", {"administrator": BANK, "accounts": None}, "accounts: None"),
        ("securityhub.members", {"administrator": BANK, "accounts": [1]}, r"accounts: \[1\]"),
        ("securityhub.findings", {"findings": ["Open port"]}, "findings: "),
        ("cleanrooms.collaboration", {"members": {BANK: SHOP}}, "members: "),
        ("cleanrooms.joined_collaboration", {"accounts": [BANK], "receivers": BANK}, "receivers: "),
        (
            "cleanrooms.joined_collaboration",
            {"accounts": [BANK], "results_bucket": 7},
            "results_bucket: 7",
        ),
        ("cleanrooms.membership", {"collaboration": 3}, "collaboration: 3"),
        ("cleanrooms.table", {"columns": "id"}, "columns: 'id'"),
        ("security_ir.membership", {"team": "Ana"}, "team: 'Ana'"),
        ("security_ir.case", {"comments": "Help."}, "comments: 'Help.'"),
        ("security_ir.attachment", {"content": 3}, "content: 3"),
        ("security_ir.investigation", {"results": "Bob"}, "results: 'Bob'"),
    ],
)
def test_a_seed_names_an_argument_of_another_type(membership_mock, seed, arguments, named):
    service, _, name = seed.partition(".")
    with nothing_happens(membership_mock, rf"^{name}\.{named}.* is not "):
        getattr(getattr(membership_mock.given, service), name)(**arguments)


def test_an_account_that_is_a_number_is_told_to_be_text(membership_mock):
    with nothing_happens(membership_mock, "leading zeros"):
        membership_mock.given.securityhub.hub(111111111111)


def test_any_collection_is_a_list_of_accounts(membership_mock):
    names = {"one": BANK, "two": SHOP}
    made = membership_mock.given.securityhub.members("333333333333", names.values())
    assert [each.account for each in made] == [BANK, SHOP]
    room = membership_mock.given.cleanrooms.joined_collaboration(names.values())
    assert room.accounts == (BANK, SHOP)


def test_a_call_that_python_refuses_is_refused_in_pythons_words(membership_mock):
    with pytest.raises(
        TypeError, match=r"^member\(\) missing 1 required positional argument: 'account'"
    ):
        membership_mock.given.securityhub.member(BANK)
