"""The world as a picture: what is drawn, that no name breaks it, and that nothing overlaps."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone
from itertools import combinations, pairwise
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from membership_mock import MembershipMock, NotRunning, UsageError, mock_membership
from membership_mock.cleanrooms.collaborations.collaboration_store import CollaborationStore
from membership_mock.engine import running
from membership_mock.securityhub.relationships.associations import AssociationStore
from membership_mock.testing.show.picture import columns, short
from membership_mock.testing.show.svg import COLUMN
from tests.cleanrooms import collaboration_samples as rooms
from tests.samples import new_membership
from tests.securityhub.samples import invite
from tests.testing.dumps.worlds import (
    AGENCY,
    BRAND,
    GUEST,
    IRELAND,
    LINKED,
    PUBLISHER,
    STRANGER,
    Scene,
)

ADMIN, MEMBER = "111111111111", "222222222222"
NOW = datetime(2026, 3, 1, tzinfo=timezone.utc)
SVG = "{http://www.w3.org/2000/svg}"

NASTY = [
    pytest.param('say "hello"', id="quotes"),
    pytest.param("[a] (b) {c} |d| <e> /f/ \\g\\", id="brackets"),
    pytest.param("<script>alert(1)</script> & <b>", id="markup"),
    pytest.param("]]> <!-- -->", id="xml"),
    pytest.param("# #quot; #35; &amp; %% comment ;", id="entities"),
    pytest.param("end subgraph click style x:#f;", id="words of Mermaid"),
    pytest.param("1. `list` **bold** - _x_ ---> -.-", id="Markdown"),
    pytest.param("日本語のとても長い名前 Ünïcode é 🙂🙂", id="unicode"),
    pytest.param("back\u202ewards\u200b \u2028", id="invisible"),
    pytest.param("half \ud800", id="half a character"),
    pytest.param("x" * 100, id="long"),
    pytest.param("漢" * 100, id="long and wide"),
]


#: the scene plans an end of a query that no query has
pytestmark = pytest.mark.filterwarnings("ignore:One planned ending was never used")


@pytest.fixture
def mock(membership_mock: Any) -> MembershipMock:
    return membership_mock


@pytest.fixture
def scene(mock: MembershipMock) -> Scene:
    return Scene(mock)


def hub(mock: MembershipMock, account: str, region: str = IRELAND) -> Any:
    client = mock.client("securityhub", account=account, region=region)
    client.enable_security_hub()
    return client


def accept(member: Any, administrator: str) -> None:
    (invitation,) = member.list_invitations()["Invitations"]
    member.accept_administrator_invitation(
        AdministratorId=administrator, InvitationId=invitation["InvitationId"]
    )


# --- reading what was drawn ---

_STRING = r'"([^"]*)"'
_NODE = re.compile(rf"^ +(\w+)(?:\[{_STRING}\]|\({_STRING}\)|\{{\{{{_STRING}\}}\}})$")
_FRAME = re.compile(rf"^ +subgraph (\w+)\[{_STRING}\]$")
_EDGE = re.compile(rf"^ +(\w+) (-->|-\.->|---|-\.-)(?:\|{_STRING}\|)? (\w+)(?:\({_STRING}\))?$")


@dataclass
class Chart:
    """What a Mermaid flowchart says."""

    nodes: dict[str, list[str]]
    edges: set[tuple[str, str, str, str]]
    frames: dict[str, list[str]]


def plain(label: str) -> str:
    """Return what Mermaid makes of a label."""
    return html.unescape(re.sub(r"#(\d+);", r"&#\1;", label))


def read(text: str) -> Chart:
    """Read a flowchart, every line of which must be one that is known."""
    chart, frame = Chart({}, set(), {}), ""
    first, *lines = text.splitlines()
    assert first == "flowchart LR"
    for line in lines:
        if found := _NODE.match(line):
            identity, *texts = found.groups()
            assert identity not in chart.nodes
            (label,) = (each for each in texts if each is not None)
            chart.nodes[identity] = [plain(part) for part in label.split("<br/>")]
            if frame:
                chart.frames[frame].append(identity)
        elif found := _FRAME.match(line):
            frame = plain(found[2])
            chart.frames[frame] = []
        elif found := _EDGE.match(line):
            source, kind, label, target, rest = found.groups()
            chart.edges.add((source, kind, plain(label or ""), target))
            if rest is not None:
                chart.nodes[target] = [plain(rest)]
        else:
            assert line == "    end", line
            frame = ""
    assert {end for edge in chart.edges for end in (edge[0], edge[3])} <= chart.nodes.keys()
    return chart


def a(account: str) -> str:
    return f"a_{account}"


@dataclass(frozen=True)
class Area:
    """A rectangle of a drawing."""

    what: str
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Area) -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def holds(self, other: Area) -> bool:
        return (
            self.left <= other.left
            and other.right <= self.right
            and self.top <= other.top
            and other.bottom <= self.bottom
        )


def area_of(element: ET.Element) -> Area:
    """Return the area of a rectangle or, by an estimate, of a line of text."""
    x, y = float(element.get("x", 0)), float(element.get("y", 0))
    if element.tag == f"{SVG}text":
        text = element.text or ""
        return Area(text, x, y - 10, x + columns(text) * COLUMN, y + 3)
    width, height = float(element.get("width", 0)), float(element.get("height", 0))
    return Area(element.get("class", ""), x, y, x + width, y + height)


def drawn(text: str) -> ET.Element:
    """Return a drawing, after a look at whether its parts stay clear of each other."""
    root = ET.fromstring(text)
    groups = list(root.findall(f"{SVG}g"))
    frames = [each for each in groups if each.get("class") == "organization"]
    boxes = [each for each in groups if each.get("class") != "organization"]
    paper = area_of(root.findall(f"{SVG}rect")[0])

    def rectangle(group: ET.Element) -> Area:
        return area_of(next(group.iter(f"{SVG}rect")))

    for group in groups:
        assert paper.holds(rectangle(group))
        texts = [area_of(each) for each in group.iter(f"{SVG}text")]
        assert all(rectangle(group).holds(each) for each in texts), (rectangle(group), texts)
        assert not any(one.meets(two) for one, two in combinations(texts, 2))
    areas = [rectangle(each) for each in boxes]
    assert not [pair for pair in combinations(areas, 2) if pair[0].meets(pair[1])]
    outlines = [rectangle(each) for each in frames]
    assert not [pair for pair in combinations(outlines, 2) if pair[0].meets(pair[1])]
    for area in areas:
        assert all(frame.holds(area) or not frame.meets(area) for frame in outlines), area
    labels = [area_of(each) for each in root.findall(f"{SVG}text")]
    titles = [area_of(next(each.iter(f"{SVG}text"))) for each in frames]
    for label in labels:
        assert paper.holds(label)
        assert not [each for each in (*areas, *titles) if each.meets(label)], label
    assert not [pair for pair in combinations(labels, 2) if pair[0].meets(pair[1])]
    return root


def texts_of(root: ET.Element) -> list[str]:
    return [each.text or "" for each in root.iter(f"{SVG}text")]


# --- Mermaid ---


def test_an_arrow_leads_from_an_administrator_to_its_member_and_is_dashed_until_accepted(mock):
    admin = hub(mock, ADMIN)
    invite(admin, MEMBER)
    assert read(mock.diagram()).edges == {(a(ADMIN), "-.->", "Invited, eu-west-1", a(MEMBER))}
    accept(hub(mock, MEMBER), ADMIN)
    edge = (a(ADMIN), "-->", "Enabled by invitation, eu-west-1", a(MEMBER))
    assert read(mock.diagram()).edges == {edge}


def test_equal_regions_share_an_arrow_and_different_ones_do_not(mock):
    for region in (IRELAND, LINKED):
        invite(hub(mock, ADMIN, region), MEMBER)
    assert read(mock.diagram()).edges == {(a(ADMIN), "-.->", "Invited, 2 regions", a(MEMBER))}
    accept(hub(mock, MEMBER, LINKED), ADMIN)
    assert read(mock.diagram()).edges == {
        (a(ADMIN), "-.->", "Invited, eu-west-1", a(MEMBER)),
        (a(ADMIN), "-->", "Enabled by invitation, eu-west-2", a(MEMBER)),
    }


def test_a_room_is_joined_to_everybody_in_it_with_their_status(mock, scene):
    chart = read(mock.diagram(service="cleanrooms"))
    assert chart.nodes["room1"] == ["“Campaigns”", "collaboration in eu-west-1", scene.room]
    assert chart.edges == {
        ("room1", "---", "creator, ACTIVE", a(BRAND)),
        ("room1", "---", "ACTIVE", a(PUBLISHER)),
        ("room1", "-.-", "INVITED", a(AGENCY)),
    }


def test_a_membership_is_joined_to_the_accounts_that_it_covers(mock, scene):
    chart = read(mock.diagram(service="security-ir"))
    assert chart.nodes["membership1"] == [
        "“Incident response” Active",
        "security-ir membership in eu-west-1",
        scene.coverage,
    ]
    assert chart.edges == {
        ("membership1", "---", "holds", a(ADMIN)),
        ("membership1", "---", "covers", a(scene.administrator)),
        ("membership1", "---", "covers", a(scene.app)),
    }


def test_an_organization_is_a_frame_around_its_accounts_with_their_names(mock, scene):
    lonely = scene.central.account("lonely")
    id_of = scene.central.organizations.describe_organization()["Organization"]["Id"]
    chart = read(mock.diagram())
    accounts = {a(each) for each in (ADMIN, scene.administrator, scene.app, lonely)}
    assert {title: set(nodes) for title, nodes in chart.frames.items()} == {
        f"organization {id_of}": accounts
    }
    assert chart.nodes[a(ADMIN)] == [ADMIN, "“master”", "management account"]
    assert chart.nodes[a(scene.administrator)] == [
        scene.administrator,
        "“security”",
        "Security Hub administrator, 2 regions",
    ]
    assert chart.nodes[a(lonely)] == [lonely, "“lonely”"]
    scene.central.organizations.close_account(AccountId=lonely)
    assert read(mock.diagram()).nodes[a(lonely)] == [lonely, "“lonely”", "suspended"]


def test_a_diagram_of_an_account_has_only_what_it_takes_part_in(mock, scene):
    chart = read(mock.diagram(account=GUEST))
    assert chart.edges == {
        (a(scene.administrator), "-.->", "Invited, eu-west-1", a(GUEST)),
    }
    assert chart.nodes.keys() == {a(scene.administrator), a(GUEST)}
    assert read(mock.diagram(account=AGENCY)).nodes.keys() == {
        "room1",
        *map(a, (BRAND, PUBLISHER, AGENCY)),
    }
    assert read(mock.diagram(account=GUEST, service="cleanrooms")).edges == set()


def test_a_diagram_of_a_region_has_what_is_there_and_in_all_regions(mock, scene):
    invite(hub(mock, MEMBER, LINKED), STRANGER)
    here, there = (read(mock.diagram(region=region)) for region in (IRELAND, LINKED))
    assert {"room1", "membership1", a(GUEST)} <= here.nodes.keys()
    assert a(STRANGER) not in here.nodes
    assert (a(MEMBER), "-.->", "Invited, eu-west-2", a(STRANGER)) in there.edges
    assert not {"room1", "membership1", a(GUEST)} & there.nodes.keys()
    assert here.frames.keys() == there.frames.keys() == read(mock.diagram()).frames.keys()
    for chart, region in ((here, IRELAND), (there, LINKED)):
        assert f"Security Hub administrator, {region}" in chart.nodes[a(scene.administrator)]
    assert read(mock.diagram(account=GUEST, region=LINKED)).edges == set()


@pytest.mark.parametrize("part", [{}, {"account": STRANGER}, {"region": LINKED}])
def test_nothing_is_a_diagram_as_well(mock, part):
    assert read(mock.diagram(**part)).nodes == {"empty": ["nothing to draw"]}
    assert texts_of(drawn(mock.diagram("svg", **part))) == ["nothing to draw"]


@pytest.mark.parametrize("form", ["mermaid", "svg"])
def test_the_same_world_gives_the_same_diagram(form):
    pictures = []
    for _ in range(2):
        with mock_membership(seed=7) as mock:
            Scene(mock)
            pictures += [mock.diagram(form), mock.diagram(form)]
    assert len(set(pictures)) == 1


@pytest.fixture
def named_room(mock: MembershipMock) -> Callable[[str], str]:
    """Return what makes a room and a member of any name, even of one that no call gives."""

    def make(name: str) -> str:
        client = mock.client("cleanrooms", account=BRAND, region=IRELAND)
        room = rooms.new_collaboration(client, rooms.member(AGENCY))["id"]
        store = running.require().world.store_at(CollaborationStore, (IRELAND,))
        store.collaborations[room].name = name
        store.collaborations[room].members[AGENCY].display_name = name
        return str(room)

    return make


@pytest.mark.parametrize("name", NASTY)
def test_no_name_breaks_out_of_its_label(mock, named_room, name):
    room = named_room(name)
    chart = read(mock.diagram())
    assert chart.nodes["room1"] == [f"“{short(name)}”", "collaboration in eu-west-1", room]
    for line in mock.diagram().splitlines():
        for label in re.findall(_STRING, line):
            assert not re.search(r"[^\w #;,.“”…/<>-]|<(?!br/>)", label), label


@pytest.mark.parametrize("name", NASTY)
def test_no_name_breaks_the_drawing(mock, named_room, name):
    named_room(name)
    found = texts_of(drawn(mock.diagram("svg")))
    assert f"“{short(name)}”" in found
    assert f"{AGENCY} “{short(name)}” INVITED" in found


@pytest.mark.parametrize("name", [param.values[0] for param in NASTY])
def test_a_name_is_drawn_on_one_line_of_forty_columns(name):
    assert columns(short(name)) <= 40
    assert short(name).isprintable()


# --- SVG ---


def test_the_drawing_shows_everything_and_nothing_overlaps(mock, scene):
    scene.central.account("lonely")
    invite(hub(mock, STRANGER), GUEST)
    root = drawn(mock.diagram("svg"))
    found = texts_of(root)
    for expected in (
        "Enabled by organization, 2 regions",
        "Invited, eu-west-1",
        f"{BRAND} “Creator” creator, ACTIVE",
        f"{AGENCY} “Company 4” INVITED",
        f"{scene.app} is covered",
        "“lonely”",
        STRANGER,
    ):
        assert expected in found
    dashed = [each for each in root.findall(f"{SVG}path") if "open" in (each.get("class") or "")]
    assert len(dashed) == 2


def test_the_drawing_needs_no_other_file_and_runs_nothing(mock, scene):
    text = mock.diagram("svg")
    root = ET.fromstring(text)
    assert not [each for each in root.iter() if each.tag in (f"{SVG}script", f"{SVG}image")]
    assert not re.search(r"@import|url\((?!#tip\))|href|\son\w+=", text)


def test_the_drawing_can_be_read_aloud_and_in_the_dark(mock, scene):
    text = mock.diagram("svg")
    root = ET.fromstring(text)
    assert root.get("role") == "img"
    title, description = root[0], root[1]
    assert (title.tag, description.tag) == (f"{SVG}title", f"{SVG}desc")
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    assert "to 666666666666: Invited, eu-west-1" in (description.text or "")
    assert f"{AGENCY} “Company 4” INVITED" in (description.text or "")
    assert "prefers-color-scheme: dark" in text


def test_two_who_administer_each_other_in_different_regions_can_be_drawn(mock):
    invite(hub(mock, ADMIN, IRELAND), MEMBER)
    invite(hub(mock, MEMBER, LINKED), ADMIN)
    assert len(drawn(mock.diagram("svg")).findall(f"{SVG}path")) == 2
    assert len(read(mock.diagram()).edges) == 2


def test_a_chain_of_administrators_and_a_member_of_many_can_be_drawn(mock):
    accounts = [str(number) * 12 for number in range(1, 8)]
    for one, two in pairwise(accounts):
        invite(hub(mock, one), two)
    for one in accounts[:5]:
        invite(mock.client("securityhub", account=one, region=IRELAND), accounts[6])
    assert len(drawn(mock.diagram("svg")).findall(f"{SVG}path")) == 11


def test_many_rooms_begin_new_rows(mock):
    client = mock.client("cleanrooms", account=BRAND, region=IRELAND)
    for number in range(9):
        others = [rooms.member(str(each) * 12) for each in range(3, 4 + number % 4)]
        rooms.new_collaboration(client, *others, name=f"Room {number} " + "long " * (number % 5))
    root = drawn(mock.diagram("svg"))
    cards = [each for each in root.iter(f"{SVG}rect") if each.get("class") == "card"]
    assert len(cards) == 9
    assert len({card.get("y") for card in cards}) > 1


# --- too much to draw ---


def test_of_ten_thousand_members_ten_are_drawn(mock):
    admin = "999999999999"
    hub(mock, admin)
    store = running.require().world.store_at(AssociationStore, (IRELAND,))
    for number in range(10_000):
        store.create(admin, f"{number:012d}", None, NOW)
    chart = read(mock.diagram())
    assert len(chart.edges) == 11
    assert chart.nodes[a(f"more_of_{admin}")] == ["… 9,990 more members"]
    found = texts_of(drawn(mock.diagram("svg")))
    assert "… 9,990 more members" in found
    assert "000000000009" in found
    assert "000000000010" not in found
    other = read(mock.diagram(account="000000009999"))
    assert other.edges == {(a(admin), "-.->", "Created, eu-west-1", a("000000009999"))}


def test_a_large_organization_is_drawn_in_part(mock, scene):
    for number in range(25):
        scene.central.account(f"account {number}")
    chart = read(mock.diagram())
    ((_, accounts),) = chart.frames.items()
    assert len(accounts) < 20
    assert "… 17 more accounts are covered" in str(chart.nodes)
    assert [label for label in map(str, chart.nodes.values()) if "more accounts'" in label]
    drawn(mock.diagram("svg"))


def test_of_many_administrators_rooms_and_memberships_twenty_are_drawn(mock):
    for number in range(23):
        account = f"{number + 100:012d}"
        invite(hub(mock, account), GUEST)
        new_membership(mock.client("security-ir", account=account, region=IRELAND))
    client = mock.client("cleanrooms", account=BRAND, region=IRELAND)
    for number in range(22):
        rooms.new_collaboration(client, name=f"Room {number}")
    said = str(read(mock.diagram()).nodes)
    for expected in ("3 more administrators", "3 more memberships", "2 more collaborations"):
        assert expected in said
    drawn(mock.diagram("svg"))


# --- misuse ---


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"format": "png"}, "'png' is not a format of a diagram: mermaid, svg"),
        ({"format": "mermiad"}, "nearest: 'mermaid'"),
        ({"format": None}, "None is not a format"),
        ({"service": "security_ir"}, "nearest: 'security-ir'"),
        ({"account": "1"}, "'1' is not an account id"),
        ({"region": "moon"}, "'moon' is not a region"),
    ],
)
def test_a_diagram_that_cannot_be_is_refused(mock, arguments, message):
    with pytest.raises(UsageError, match=re.escape(message)):
        mock.diagram(**arguments)


def test_a_mock_that_is_not_running_has_no_diagram():
    mock = mock_membership()
    with pytest.raises(NotRunning):
        mock.diagram()
    with mock:
        assert mock.diagram()
    with pytest.raises(NotRunning):
        mock.diagram("svg")
