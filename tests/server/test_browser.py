"""What a browser gets: the page, and no page of others gets what the tools do."""

from __future__ import annotations

import base64
import hashlib
import re
from xml.etree import ElementTree as ET

import pytest
from werkzeug.datastructures import Headers
from werkzeug.test import Client

from membership_mock import MembershipMock
from membership_mock.server.application import Application
from membership_mock.server.origins import refusal
from membership_mock.server.tools.served import Served
from tests.samples import TEAM
from tests.server.raw_http import Raw

NASTY = "<script>alert(1)</script><img src=x>\"'&"


# --- the page ---


def test_a_browser_at_the_root_is_led_to_the_page(mock: MembershipMock) -> None:
    browser = Client(Application(Served(mock)))
    answer = browser.get("/", headers={"Accept": "text/html,*/*"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/_membership/")
    buckets = browser.get("/", headers={"Accept": "*/*"})
    assert b"ListAllMyBucketsResult" in buckets.data
    assert browser.post("/_membership/").status_code == 405


def test_the_page_needs_nothing_from_elsewhere_and_runs_its_own_script_only(server: Raw) -> None:
    page = server.send("GET", "/_membership/")
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    (script,) = re.findall(r"<script>(.*?)</script>", page.text, re.DOTALL)
    policy = page.headers["Content-Security-Policy"]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert not re.search(r"https?:|//[a-z]+\.|@import|url\(", page.text)
    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval", script)
    assert 'name="viewport" content="width=device-width' in page.text
    assert "prefers-color-scheme: dark" in page.text


def test_what_the_page_asks_for_is_there(server: Raw) -> None:
    page = server.send("GET", "/_membership/").text
    paths = re.findall(r'ask\("(/\w+)', page)
    assert set(paths) == {"/calls", "/show", "/diagram"}
    for path in paths:
        assert server.send("GET", f"/_membership{path}").status == 200


def test_names_that_are_html_stay_text(server: Raw, mock: MembershipMock) -> None:
    creator, member = "111122223333", "444455556666"
    mock.client("cleanrooms", account=creator).create_collaboration(
        name="<script>alert(1)</script>",
        description=NASTY,
        creatorDisplayName="<b>Brand</b>",
        creatorMemberAbilities=["CAN_QUERY", "CAN_RECEIVE_RESULTS"],
        members=[{"accountId": member, "displayName": "<i>x</i>", "memberAbilities": []}],
        queryLogStatus="DISABLED",
    )
    mock.client("security-ir").create_membership(membershipName=NASTY, incidentResponseTeam=TEAM)
    drawn = server.send("GET", "/_membership/diagram")
    assert "<script>alert(1)</script>" in "".join(ET.fromstring(drawn.text).itertext())
    assert not [e for e in ET.fromstring(drawn.text).iter() if e.tag.rpartition("}")[2] == "script"]
    shown = server.send("GET", "/_membership/show")
    assert "<script>alert(1)</script>" in shown.text
    for answer in (drawn, shown, server.send("GET", "/_membership/calls")):
        assert not answer.headers["Content-Type"].startswith("text/html")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    missing = server.send("GET", f"/_membership/{NASTY.replace(' ', '%20')}")
    assert missing.headers["Content-Type"] == "application/json"


# --- pages of others ---


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({"Host": "127.0.0.1:5000"}, True),
        ({"Host": "localhost:5000"}, True),
        ({"Host": "[::1]:5000"}, True),
        ({"Host": "mock:5000"}, True),  # a service of Docker Compose
        ({"Host": "mock.default.svc.cluster.local"}, True),
        ({"Host": "host.docker.internal:5000"}, True),
        ({"Host": "mock.example.com"}, True),  # allowed by name
        ({"Host": "evil.example.com"}, False),  # its name server says 127.0.0.1
        ({"Host": "127.0.0.1.example.com"}, False),
        ({"Host": "127.0.0.1:5000", "Origin": "http://127.0.0.1:5000"}, True),
        ({"Host": "127.0.0.1:5000", "Origin": "http://127.0.0.1:5001"}, False),
        ({"Host": "127.0.0.1:5000", "Origin": "https://127.0.0.1:5000"}, False),
        ({"Host": "127.0.0.1:5000", "Origin": "https://evil.example.com"}, False),
        ({"Host": "127.0.0.1:5000", "Origin": "null"}, False),
        ({"Host": "localhost", "Sec-Fetch-Site": "same-origin"}, True),
        ({"Host": "localhost", "Sec-Fetch-Site": "none"}, True),
        ({"Host": "localhost", "Sec-Fetch-Site": "cross-site"}, False),
        ({"Host": "localhost", "Sec-Fetch-Site": "same-site"}, False),
    ],
)
def test_only_pages_of_this_server_are_obeyed(headers: dict[str, str], allowed: bool) -> None:
    assert (refusal(Headers(headers), "http", {"mock.example.com"}) is None) is allowed


@pytest.mark.parametrize("path", ["/_membership/load", "/_membership/", "/moto-api/reset"])
def test_a_foreign_page_reaches_no_tool_and_gets_no_cors_headers(server: Raw, path: str) -> None:
    answer = server.send("POST", path, {}, Origin="https://evil.example.com")
    assert (answer.status, answer.json["code"]) == (403, "ForeignPage")
    assert "evil.example.com" in answer.json["message"]
    asked = server.send("OPTIONS", path, Origin="https://evil.example.com")
    assert asked.status == 403
    for each in (answer, asked, server.send("GET", "/_membership/health")):
        assert not [name for name in each.headers if name.lower().startswith("access-control")]


def test_a_refused_host_is_told_the_option(server: Raw) -> None:
    answer = server.send("GET", "/_membership/health", Host="mock.example.com:5000")
    assert answer.status == 403
    assert "--allow-host mock.example.com" in answer.json["message"]
