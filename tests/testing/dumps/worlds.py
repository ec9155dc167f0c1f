"""A world with something of every kind in it, for the tests that look at it."""

from __future__ import annotations

from typing import Any

from tests.cleanrooms import collaboration_samples as rooms
from tests.cleanrooms import table_samples as tables
from tests.cleanrooms.query_samples import SQL
from tests.samples import new_case, new_membership
from tests.securityhub.central_configuration.central import LINKED, Central, on

BRAND, PUBLISHER, AGENCY = "222222222222", "333333333333", "444444444444"
GUEST, STRANGER = "666666666666", "555555555555"
IRELAND = "eu-west-1"


class Scene:
    """A world in which something is PENDING, SUBMITTED or not scanned in every service.

    Attributes:
        central: an organization with central configuration, whose home is Ireland.
        administrator, app: its delegated administrator and another account.
        room: the collaboration of brand (its creator), publisher (joined) and agency (invited).
        membership: the membership of the publisher, which runs a query.
    """

    def __init__(self, mock: Any) -> None:
        self.mock = mock
        self.central = Central(mock)
        self.administrator = self.central.administrator
        self.app = self.central.account("app", self.central.prod)
        self.policy = self.central.policy("baseline", configuration=on())
        self.central.apply(self.policy, self.central.prod)
        self.central.apply("SELF_MANAGED_SECURITY_HUB", self.administrator)
        self.central.hub.create_members(AccountDetails=[{"AccountId": GUEST}])
        self.central.hub.invite_members(AccountIds=[GUEST])
        self._room()
        self._cases()

    def _room(self) -> None:
        brand, publisher = (
            self.mock.client("cleanrooms", account=account, region=IRELAND)
            for account in (BRAND, PUBLISHER)
        )
        created = rooms.new_collaboration(
            brand,
            rooms.member(PUBLISHER, "CAN_QUERY", "CAN_RECEIVE_RESULTS"),
            rooms.member(AGENCY),
            name="Campaigns",
            creatorMemberAbilities=[],
        )
        self.room = created["id"]
        joined = rooms.join(brand, self.room)
        tables.ready_table(brand, joined["id"], PUBLISHER)
        self.membership = rooms.join(publisher, self.room)["id"]
        tables.sql_template(publisher, self.membership)
        self.query = publisher.start_protected_query(
            type="SQL",
            membershipIdentifier=self.membership,
            sqlParameters={"queryString": SQL},
            resultConfiguration={
                "outputConfiguration": {"s3": {"resultFormat": "CSV", "bucket": "results"}}
            },
        )["protectedQuery"]["id"]
        self.mock.aws_side(PUBLISHER, IRELAND).end_query("FAILED")

    def _cases(self) -> None:
        security = self.mock.client("security-ir", account=self.central_owner, region=IRELAND)
        self.coverage = new_membership(security, coverEntireOrganization=True)
        self.case = new_case(security)
        security.get_case_attachment_upload_url(
            caseId=self.case, fileName="log.txt", contentLength=3
        )
        security.create_case_comment(caseId=self.case, body="Seen it.")

    @property
    def central_owner(self) -> str:
        """The management account of the organization."""
        return "111111111111"


__all__ = ["AGENCY", "BRAND", "GUEST", "IRELAND", "LINKED", "PUBLISHER", "STRANGER", "Scene"]
