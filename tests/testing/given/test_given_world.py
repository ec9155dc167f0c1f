"""A world from a mapping: as plain as JSON, in order, and all of it or nothing."""

import json

import pytest
from botocore.exceptions import ClientError

from membership_mock import SeedRefused, UsageError
from membership_mock.testing.given.cleanrooms import SeededCollaboration
from tests.securityhub.samples import statuses
from tests.testing.dumps.world_state import nothing_happens, whole

BANK, SHOP, THIRD = (digit * 12 for digit in "123")
MANAGEMENT = "123456789012"
IRELAND = "eu-west-1"

WORLD = json.loads("""
{
    "accounts": {"bank": "111111111111", "shop": "222222222222"},
    "securityhub": [
        {"member": {"administrator": "$bank", "account": "$shop", "status": "Invited",
                    "region": "eu-west-1"}, "as": "invited"},
        {"findings": {"findings": 2, "account": "$bank", "region": "eu-west-1"}, "as": "findings"},
        {"hub": {}}
    ],
    "cleanrooms": [
        {"joined_collaboration": {"accounts": ["$bank", "$shop"], "name": "$$ales"}, "as": "room"},
        {"associated_table": {"collaboration": "$room", "account": "$room.accounts.1"}},
        {"query": {"collaboration": "$room", "result": [{"n": 7}]}, "as": "query"},
        {"membership": {"collaboration": "$room.id", "account": "$bank"}, "as": "again"}
    ]
}
""")


def test_world_seeds_what_the_mapping_says_and_returns_what_it_names(membership_mock):
    seeded = membership_mock.given.world(WORLD)
    assert list(seeded) == ["bank", "shop", "invited", "findings", "room", "query", "again"]
    assert (seeded["bank"], seeded["invited"].status) == (BANK, "Invited")
    admin = membership_mock.client("securityhub", account=BANK, region=IRELAND)
    assert statuses(admin) == {SHOP: "Invited"}
    assert len(admin.get_findings()["Findings"]) == len(seeded["findings"]) == 2
    assert isinstance(seeded["room"], SeededCollaboration)
    bank = membership_mock.client("cleanrooms", account=BANK)
    (room,) = bank.list_collaborations()["collaborationList"]
    assert (room["id"], room["name"]) == (seeded["room"].id, "$ales")
    assert seeded["again"].id == seeded["room"].memberships[BANK]
    membership_mock.client("securityhub", account=MANAGEMENT).describe_hub()
    membership_mock.calls.assert_not_called(service="securityhub", operation="CreateMembers")


def test_world_leaves_the_mapping_as_it_was(membership_mock):
    before = json.dumps(WORLD)
    membership_mock.given.world(WORLD)
    assert json.dumps(WORLD) == before


def test_world_keeps_the_order_of_services_and_of_entries(membership_mock):
    member = {"administrator": BANK, "account": SHOP, "region": IRELAND}
    seeded = membership_mock.given.world(
        {
            "cleanrooms": [{"collaboration": {"creator": BANK, "region": IRELAND}, "as": "a"}],
            "securityhub": [
                {"member": {**member, "status": "Created"}},
                {"member": {**member, "status": "Enabled"}},
                {"finding": {"account": "$a.creator", "region": "$a.region", "Title": "$a.name"}},
            ],
        }
    )
    admin = membership_mock.client("securityhub", account=BANK, region=IRELAND)
    assert statuses(admin) == {SHOP: "Enabled"}
    (finding,) = admin.get_findings()["Findings"]
    assert finding["Title"] == seeded["a"].name


def test_an_empty_world_is_a_world(membership_mock):
    assert membership_mock.given.world({}) == {}


def test_names_can_be_used_in_the_account_of_a_client(membership_mock):
    seeded = membership_mock.given.world({"accounts": {"bank": BANK}})
    assert (
        membership_mock.client("sts", account=seeded["bank"]).get_caller_identity()["Account"]
        == BANK
    )


ORGANIZED = {
    "accounts": {"payer": THIRD},
    "organization": {
        "management": "$payer",
        "tree": {"security": None, "Workloads": ["prod", "stage"]},
        "delegated": {"securityhub": "security"},
    },
    "securityhub": [
        {"member": {"administrator": "$security", "account": "$prod"}, "as": "member"},
        {
            "central_configuration": {
                "administrator": "$organization.accounts.security",
                "policies": {"base": {"targets": ["$organization.units.Workloads"]}},
            }
        },
    ],
}


def test_world_has_an_organization_whose_accounts_go_by_their_names(membership_mock):
    seeded = membership_mock.given.world(ORGANIZED)
    organization = seeded["organization"]
    assert seeded["prod"] == organization["prod"] == seeded["member"].account
    assert seeded["member"].by == "organization"
    admin = membership_mock.client("securityhub", account=organization["security"])
    listed = admin.list_configuration_policy_associations()
    targets = [each["TargetId"] for each in listed["ConfigurationPolicyAssociationSummaries"]]
    assert organization.unit("Workloads") in targets


def test_a_refused_mapping_leaves_no_organization(membership_mock):
    myself = {"administrator": "$security", "account": "$security"}
    world = {**ORGANIZED, "securityhub": [*ORGANIZED["securityhub"], {"member": myself}]}
    with nothing_happens(membership_mock, "member of itself", SeedRefused):
        membership_mock.given.world(world)
    client = membership_mock.client("organizations", account=THIRD)
    with pytest.raises(client.exceptions.AWSOrganizationsNotInUseException):
        client.describe_organization()
    assert membership_mock.given.world(ORGANIZED)


def test_a_refused_mapping_leaves_no_role_in_an_account_that_it_named(membership_mock):
    iam = membership_mock.client("iam", account=SHOP)
    iam.create_role(RoleName="of-the-test", AssumeRolePolicyDocument="{}")
    world = {
        "organization": {"tree": {"shop": SHOP}},
        "securityhub": [{"member": {"administrator": BANK, "account": BANK}}],
    }
    with pytest.raises(SeedRefused, match="member of itself"):
        membership_mock.given.world(world)
    assert [each["RoleName"] for each in iam.list_roles()["Roles"]] == ["of-the-test"]


# --- what goes wrong ---


def added(service, *entries):
    return {**WORLD, service: [*WORLD[service], *entries]}


ROOMS = "cleanrooms[4]"


@pytest.mark.parametrize(
    ("world", "text"),
    [
        pytest.param({"cleanroom": []}, "nearest: 'cleanrooms'", id="unknown key"),
        pytest.param({"security_ir": []}, "nearest: 'security-ir'", id="no id of a service"),
        pytest.param([], r"the world: a mapping", id="no mapping"),
        pytest.param({"accounts": ["1"]}, "accounts: a mapping", id="accounts in a list"),
        pytest.param({"accounts": {"a": "1"}}, "accounts.a: '1' is not an account", id="account"),
        pytest.param({"accounts": {"a b": BANK}}, "'a b' is not a name", id="name with a blank"),
        pytest.param({"securityhub": {}}, "securityhub: a list of seeds", id="no list"),
        pytest.param({"securityhub": "hub"}, "securityhub: a list of seeds", id="text"),
        pytest.param({"securityhub": [1]}, r"securityhub\[0\]: a mapping", id="no entry"),
        pytest.param({"securityhub": [{}]}, r"\[0\]: one seed was expected", id="empty entry"),
        pytest.param({"securityhub": [{"hub": {}, "hubs": {}}]}, "'hub', 'hubs'", id="two seeds"),
        pytest.param({"organization": 1}, "organization: a mapping", id="no organization"),
        pytest.param({"organization": {"colour": 1}}, "organization: there is no 'colour'", id="k"),
    ],
)
def test_world_says_what_is_no_world(membership_mock, world, text):
    with nothing_happens(membership_mock, text):
        membership_mock.given.world(world)


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        pytest.param(
            {"membrship": {}}, r": there is no seed 'membrship'; nearest: 'membership'", id="seed"
        ),
        pytest.param({"_place": {}}, "there is no seed '_place'", id="private"),
        pytest.param({"membership": 1}, r"\.membership: a mapping", id="keywords"),
        pytest.param({"membership": {}}, r"\.membership: 'collaboration' is missing", id="missing"),
        pytest.param(
            {"membership": {"collaboration": "$room", "acount": BANK}},
            r"\.membership: there is no 'acount'; nearest: 'account'",
            id="keyword",
        ),
        pytest.param(
            {"membership": {"collaboration": 3}},
            r"\.membership\.collaboration: 3 is not",
            id="type",
        ),
        pytest.param(
            {"joined_collaboration": {"accounts": [3]}}, r"accounts: \[3\] is not", id="inner type"
        ),
        pytest.param(
            {"joined_collaboration": {"accounts": BANK}}, r"accounts: '1+' is not", id="text"
        ),
        pytest.param(
            {"hub": {}, "as": "x"}, "there is no seed 'hub'", id="seed of another service"
        ),
        pytest.param({"table": {}, "as": "$x"}, r"\.as: '\$x' is not a name", id="name"),
        pytest.param({"table": {}, "as": "room"}, r"\.as: the name 'room' is taken", id="twice"),
        pytest.param({"table": {"account": "$shp"}}, r"called 'shp'; nearest: 'shop'", id="who"),
        pytest.param({"table": {"account": "$room.crator"}}, "nearest: 'creator'", id="field"),
        pytest.param({"table": {"account": "$shop.id"}}, "has no 'id'", id="field of a text"),
        pytest.param({"table": {"account": "$room._x"}}, "has no '_x'", id="private field"),
        pytest.param({"table": {"name": "$shop.upper"}}, "has no 'upper'", id="method"),
        pytest.param({"table": {1: "x"}}, r"\.table: 1 is not text", id="number as keyword"),
        pytest.param({"table": {"account": "$room"}}, r"\.table\.account: Seeded", id="whole"),
        pytest.param(
            {"table": {"name": "$ 5"}}, r"is not a reference: write '\$name'", id="dollar"
        ),
        pytest.param(
            {"table": {"account": "12"}}, r"\.table: '12' is not an account", id="account"
        ),
        pytest.param({"table": {"region": "eu-wst-1"}}, "nearest: 'eu-west-1'", id="region"),
    ],
)
def test_world_says_where_an_entry_is_wrong(membership_mock, entry, text):
    with nothing_happens(membership_mock, text) as caught:
        membership_mock.given.world(added("cleanrooms", entry))
    assert str(caught.value).startswith(ROOMS)


def test_a_mistake_is_found_before_anything_is_called(membership_mock):
    with nothing_happens(membership_mock, "nearest: 'membership'"):
        membership_mock.given.world(
            {
                "securityhub": [{"member": {"administrator": BANK, "account": BANK}}],
                "cleanrooms": [{"membrship": {}}],
            }
        )


def test_a_refused_entry_takes_the_whole_mapping_back(membership_mock):
    membership_mock.given.securityhub.member(THIRD, SHOP, region=IRELAND)
    membership_mock.given.cleanrooms.joined_collaboration([BANK, THIRD])
    entry = {"membership": {"collaboration": "$room", "account": "$bank", "status": "LEFT"}}
    entries = added("cleanrooms", entry)
    del entries["securityhub"]
    with nothing_happens(membership_mock, r"cleanrooms\[4\]\.membership: ", SeedRefused) as caught:
        membership_mock.given.world(entries)
    assert isinstance(caught.value.__cause__, ClientError)
    assert membership_mock.given.world({**WORLD, "securityhub": []})


def test_a_refused_mapping_leaves_nothing_in_s3(membership_mock):
    given = membership_mock.given
    s3 = membership_mock.client("s3", account=SHOP)
    s3.create_bucket(Bucket="of-the-test")
    room = {"accounts": [BANK, SHOP], "receivers": ["$shop"], "results_bucket": "of-the-test"}
    entries = [
        {"joined_collaboration": room, "as": "room"},
        {"query": {"collaboration": "$room", "result": [{"n": 1}]}},
        {"joined_collaboration": {"accounts": [BANK], "results_bucket": "new"}, "as": "other"},
        {"query": {"collaboration": "$other"}},
        {"membership": {"collaboration": "$room", "account": "$bank", "status": "LEFT"}},
    ]
    world = {"accounts": WORLD["accounts"], "cleanrooms": entries}
    with nothing_happens(membership_mock, r"\[4\]\.membership", SeedRefused):
        given.world(world)
    assert s3.list_objects_v2(Bucket="of-the-test")["KeyCount"] == 0
    assert membership_mock.client("s3", account=BANK).list_buckets()["Buckets"] == []
    given.world({**world, "cleanrooms": entries[:-1]})
    assert s3.list_objects_v2(Bucket="of-the-test")["KeyCount"] == 1


def test_a_refused_mapping_leaves_no_version_in_s3(membership_mock):
    s3 = membership_mock.client("s3", account=BANK)
    s3.create_bucket(Bucket="versioned")
    enabled = {"Status": "Enabled"}
    s3.put_bucket_versioning(Bucket="versioned", VersioningConfiguration=enabled)
    s3.put_object(Bucket="versioned", Key="of-the-test", Body=b"1")
    before = membership_mock.dump()
    entries = [
        {"joined_collaboration": {"accounts": [BANK], "results_bucket": "versioned"}, "as": "room"},
        {"query": {"collaboration": "$room"}},
        {"membership": {"collaboration": "$room", "account": "$room.creator", "status": "LEFT"}},
    ]
    with pytest.raises(SeedRefused):
        membership_mock.given.world({"cleanrooms": entries})
    assert membership_mock.dump() == before


def test_a_refused_mapping_leaves_organizations_as_they_were(membership_mock):
    client = membership_mock.client("organizations")
    client.create_organization(FeatureSet="ALL")
    security, one, two = (
        client.create_account(AccountName=name, Email=f"{name}@example.com")["CreateAccountStatus"][
            "AccountId"
        ]
        for name in ("security", "one", "two")
    )
    membership_mock.given.securityhub.member(THIRD, two)
    suspended = {"administrator": security, "account": one, "status": "AccountSuspended"}
    world = {
        "securityhub": [
            {"organization_admin": {"account": security}},
            {"member": suspended},
            {"member": {"administrator": security, "account": two}},
        ]
    }
    with nothing_happens(membership_mock, r"\[2\]\.member: .*refused", SeedRefused):
        membership_mock.given.world(world)
    client.register_delegated_administrator(
        AccountId=one, ServicePrincipal="securityhub.amazonaws.com"
    )


def test_any_other_exception_takes_the_mapping_back_as_well(membership_mock, monkeypatch):
    before = whole(membership_mock)
    monkeypatch.setattr(
        "membership_mock.testing.given.cleanrooms_tables.TableSeeds.table",
        lambda self, *_, **__: 1 // 0,
    )
    with pytest.raises(ZeroDivisionError):
        membership_mock.given.world(added("cleanrooms", {"table": {}}))
    assert whole(membership_mock) == before


def test_a_world_says_how_it_was_meant_wherever_a_seed_does(membership_mock):
    with pytest.raises(UsageError) as caught:
        membership_mock.given.world({"securityhub": [{"hub": {"standards": ["nist"]}}]})
    assert str(caught.value).startswith("securityhub[0].hub: 'nist' is not a standard in us-east-1")
