"""What ends an intermediate table: a data provider disallows it, or a base table goes."""

import pytest

from tests.cleanrooms.collaboration_samples import (
    A,
    B,
    C,
    code,
    join,
    member,
    new_collaboration,
    refusal,
)
from tests.cleanrooms.identity_samples import (
    add_mapping_table,
    add_namespace,
    namespace,
    populate,
    workflow,
)
from tests.cleanrooms.intermediate_samples import (
    disallow,
    fill,
    get_intermediate,
    new_intermediate,
    ready_intermediate,
    start_population,
    versions,
)
from tests.cleanrooms.privacy_samples import run
from tests.cleanrooms.query_samples import finish_query
from tests.cleanrooms.table_samples import ready_table

pytestmark = pytest.mark.newest_model

DISALLOWED, REMOVED = "DISALLOWED_BY_DATA_PROVIDER", "BASE_TABLE_REMOVED"


@pytest.fixture
def orders(b, memberships):
    """A table of B that A may query."""
    return ready_table(b, memberships[B], A)


@pytest.fixture
def chain(a, memberships, orders):
    """Two ready tables of A: the second one is made of the first, and that of the orders of B."""
    del orders
    first = ready_intermediate(a, A, memberships[A], A)
    second = ready_intermediate(a, A, memberships[A], A, name="second", sql="SELECT n FROM cities")
    return first["id"], second["id"]


def statuses(client, membership_id):
    answer = client.list_intermediate_tables(membershipIdentifier=membership_id)
    return [each["status"] for each in answer["intermediateTableSummaries"]]


def reasons(client, collaboration_id, name="cities"):
    schema = client.get_schema(collaborationIdentifier=collaboration_id, name=name)["schema"]
    (detail,) = schema["schemaStatusDetails"]
    assert schema["columns"] == ([] if detail["status"] == "NOT_READY" else schema["columns"])
    return [each["code"] for each in detail.get("reasons", ())]


def take_away(client, membership_id, association):
    client.delete_configured_table_association(
        membershipIdentifier=membership_id,
        configuredTableAssociationIdentifier=association["id"],
    )


def test_a_provider_disallows_a_table_and_what_is_made_of_it(
    a, b, collaboration_id, memberships, chain
):
    assert run(a, memberships[A], "SELECT n FROM cities")["status"] == "SUCCESS"
    disallow(b, memberships[B])
    assert statuses(a, memberships[A]) == [DISALLOWED, DISALLOWED]
    for name in ("cities", "second"):
        expected = ["INTERMEDIATE_TABLE_DISALLOWED_BY_DATA_PROVIDER"]
        assert reasons(a, collaboration_id, name) == reasons(b, collaboration_id, name) == expected
        answer = refusal(run, a, memberships[A], f"SELECT n FROM {name}")
        assert answer["reason"] == "INVALID_QUERY"
    found = get_intermediate(a, memberships[A], chain[0])
    assert found.get("intermediateTableVersion") is None
    answer = refusal(start_population, a, memberships[A], chain[0])
    assert (answer["Error"]["Code"], answer["reason"]) == ("ConflictException", "INVALID_STATE")


def test_disallowing_without_descendants_leaves_them(a, b, memberships, chain):
    disallow(b, memberships[B], includeDescendants=False)
    assert statuses(a, memberships[A]) == [DISALLOWED, "POPULATE_SUCCESS"]


def test_an_indirect_base_table_is_enough(a, b, memberships, chain):
    disallow(b, memberships[B], "second")
    assert statuses(a, memberships[A]) == ["POPULATE_SUCCESS", DISALLOWED]


def test_disallowing_again_changes_nothing(membership_mock, a, b, memberships, chain):
    disallow(b, memberships[B])
    before = get_intermediate(a, memberships[A], chain[0])
    membership_mock.clock.advance(seconds=5)
    disallow(b, memberships[B])
    assert get_intermediate(a, memberships[A], chain[0]) == before


def test_only_owners_of_base_tables_disallow(clients, a, b):
    room = new_collaboration(a, member(B), member(C))["id"]
    mids = {one: join(clients[one], room)["id"] for one in (A, B, C)}
    ready_table(b, mids[B], A)
    ready_intermediate(a, A, mids[A], A)
    for account in (A, C):
        answer = refusal(disallow, clients[account], mids[account])
        assert answer["Error"]["Code"] == "AccessDeniedException"
    for name in ("orders", "nothing"):
        answer = refusal(disallow, b, mids[B], name)
        assert answer["Error"]["Code"] == "ResourceNotFoundException"
        assert (answer["resourceType"], answer["resourceId"]) == ("MEMBERSHIP", name)
    assert statuses(a, mids[A]) == ["POPULATE_SUCCESS"]


def test_an_owner_may_disallow_a_table_of_its_own_data(a, memberships):
    ready_table(a, memberships[A], A)
    ready_intermediate(a, A, memberships[A], A)
    disallow(a, memberships[A])
    assert statuses(a, memberships[A]) == [DISALLOWED]


def test_disallowing_cancels_the_population(a, b, memberships, orders):
    table = new_intermediate(a, memberships[A])
    started = start_population(a, memberships[A], table["id"])
    disallow(b, memberships[B])
    assert finish_query(a, memberships[A], started["analysisId"])["status"] == "CANCELLED"
    assert get_intermediate(a, memberships[A], table["id"])["status"] == DISALLOWED
    (version,) = versions(a, memberships[A], table["id"])
    assert version["status"] == "POPULATE_FAILED"


def test_a_base_table_that_goes_takes_what_is_made_of_it(
    a, b, collaboration_id, memberships, orders, chain
):
    take_away(b, memberships[B], orders)
    assert statuses(a, memberships[A]) == [REMOVED, REMOVED]
    assert reasons(b, collaboration_id) == ["INTERMEDIATE_TABLE_BASE_TABLE_REMOVED"]
    ready_table(b, memberships[B], A)  # another table of the name does not bring it back
    assert code(start_population, a, memberships[A], chain[0]) == "ConflictException"


def test_removing_a_base_table_cancels_the_population(a, b, memberships, orders):
    table = new_intermediate(a, memberships[A])
    started = start_population(a, memberships[A], table["id"])
    take_away(b, memberships[B], orders)
    assert finish_query(a, memberships[A], started["analysisId"])["status"] == "CANCELLED"
    assert statuses(a, memberships[A]) == [REMOVED]


def test_a_removed_member_takes_what_is_made_of_its_tables(
    a, b, collaboration_id, memberships, chain
):
    a.delete_member(collaborationIdentifier=collaboration_id, accountId=B)
    assert statuses(a, memberships[A]) == [REMOVED, REMOVED]


def test_an_intermediate_table_that_is_deleted_takes_what_is_made_of_it(a, memberships, chain):
    a.delete_intermediate_table(
        membershipIdentifier=memberships[A], intermediateTableIdentifier=chain[0]
    )
    assert statuses(a, memberships[A]) == [REMOVED]


@pytest.mark.parametrize("gone", ["table", "namespace"])
def test_a_mapping_table_that_goes_takes_what_is_made_of_it(a, memberships, gone):
    source = add_namespace(a, memberships[A], namespace(A))
    add_namespace(a, memberships[A], namespace(A, "target"))
    ids = add_mapping_table(a, memberships[A], workflow(A))
    populate(a, memberships[A], ids["id"])
    a.get_id_mapping_table(membershipIdentifier=memberships[A], idMappingTableIdentifier=ids["id"])
    table = new_intermediate(a, memberships[A], sql="SELECT sourceid FROM ids")
    assert fill(a, A, memberships[A], table["id"])["status"] == "POPULATE_SUCCESS"
    if gone == "table":
        a.delete_id_mapping_table(
            membershipIdentifier=memberships[A], idMappingTableIdentifier=ids["id"]
        )
    else:
        a.delete_id_namespace_association(
            membershipIdentifier=memberships[A],
            idNamespaceAssociationIdentifier=source["id"],
        )
    assert statuses(a, memberships[A]) == [REMOVED]


def test_the_first_end_stays(a, b, memberships, orders, chain):
    disallow(b, memberships[B], "second")
    take_away(b, memberships[B], orders)
    assert statuses(a, memberships[A]) == [REMOVED, DISALLOWED]
