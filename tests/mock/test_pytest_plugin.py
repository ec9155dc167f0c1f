"""The plugin, in child runs of pytest."""

from __future__ import annotations

import sys
from textwrap import dedent

import pytest

FAILING = """
    import boto3

    def test_it(membership_mock):
        client = membership_mock.client("security-ir", account="111122223333")
        client.create_membership(
            membershipName="Response",
            incidentResponseTeam=[
                {"name": "Ana", "jobTitle": "Lead", "email": "ana@example.com"},
                {"name": "Bob", "jobTitle": "Lead", "email": "bob@example.com"},
            ],
        )
        assert client.list_cases()["total"] == 1
"""


def test_a_failed_test_shows_the_last_calls_and_the_world(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(FAILING)
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*- membership_mock -*",
            "Last calls:",
            "*1  security-ir.CreateMembership by 111122223333 in us-east-1*-> 201",
            "*2  security-ir.ListCases by 111122223333 in us-east-1 {} -> 200",
            "World:",
            "  111122223333",
            "    security-ir in us-east-1",
            "      membership m-* 'Response' Active, Standalone",
        ]
    )


def test_a_failed_tear_down_shows_the_last_calls_too(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest

        @pytest.fixture
        def furnished(membership_mock):
            yield
            membership_mock.client("security-ir").list_memberships()
            raise KeyError("tear-down")

        @pytest.fixture
        def outer():
            yield
            raise KeyError("after the mock")

        def test_it(furnished): ...

        def test_after(outer, membership_mock): ...
        """
    )
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=2, errors=2)
    result.stdout.fnmatch_lines(
        ["*membership_mock*", "*1*security-ir.ListMemberships by 123456789012*", "World:"]
    )
    result.stdout.fnmatch_lines(["*no calls*", "*gone: the mock has ended*"])


def test_a_passed_test_shows_nothing(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(FAILING.replace("== 1", "== 0"))
    result = pytester.runpytest_subprocess("-rA")
    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("*Last calls*")


def test_marker_and_ini_set_the_options_and_the_closest_wins(pytester: pytest.Pytester) -> None:
    pytester.makeini(
        "[pytest]\nmembership_mock_account = 111111111111\nmembership_mock_region = eu-west-1"
    )
    pytester.makepyfile(
        """
        import boto3, pytest

        def who():
            return boto3.client("sts", region_name="us-east-1").get_caller_identity()["Account"]

        def test_ini(membership_mock):
            assert who() == "111111111111"
            assert membership_mock.client("security-ir").meta.region_name == "eu-west-1"

        @pytest.mark.membership_mock(account="222222222222")
        class TestMarked:
            def test_class(self, membership_mock):
                assert who() == "222222222222"
                assert membership_mock.client("security-ir").meta.region_name == "eu-west-1"

            @pytest.mark.membership_mock(account="333333333333", region="sa-east-1")
            def test_method(self, membership_mock):
                assert who() == "333333333333"
                assert membership_mock.client("security-ir").meta.region_name == "sa-east-1"

            def test_without_argument(self):
                assert who() == "222222222222"
        """
    )
    pytester.runpytest_subprocess().assert_outcomes(passed=4)


@pytest.mark.parametrize(
    ("marker", "message"),
    [
        ("account='12'", "*'12' is not an account id*"),
        ("acount='111122223333'", "*has no option 'acount'*"),
        ("'111122223333'", "*takes keyword options only*"),
    ],
)
def test_wrong_options_of_the_marker_are_explained(
    pytester: pytest.Pytester, marker: str, message: str
) -> None:
    pytester.makepyfile(
        f"""
        import pytest

        @pytest.mark.membership_mock({marker})
        def test_it(membership_mock): ...
        """
    )
    result = pytester.runpytest_subprocess()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([message])


def test_the_marker_works_on_unittest_too(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import unittest
        import boto3, pytest

        @pytest.mark.membership_mock(account="222222222222")
        class TestIt(unittest.TestCase):
            def test_it(self):
                client = boto3.client("sts", region_name="us-east-1")
                self.assertEqual(client.get_caller_identity()["Account"], "222222222222")
        """
    )
    pytester.runpytest_subprocess().assert_outcomes(passed=1)


def test_the_marker_is_registered_and_the_plugin_is_silent(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("import sys\ndef test_it(): assert 'moto' not in sys.modules")
    cold = (sys.executable, "-m", "pytest")
    result = pytester.run(*cold, "--strict-markers", "-W", "error")
    result.assert_outcomes(passed=1)
    markers = pytester.runpytest_subprocess("--markers")
    markers.stdout.fnmatch_lines(["@pytest.mark.membership_mock(config=None, account=None*"])


# --- fixtures of wider scopes ---


@pytest.mark.parametrize("scope", ["class", "module", "session"])
def test_tests_share_the_fixture_of_a_wider_scope(pytester: pytest.Pytester, scope: str) -> None:
    pytester.makepyfile(
        f"""
        import pytest

        TEAM = [
            {{"name": "Ana", "jobTitle": "Lead", "email": "ana@example.com"}},
            {{"name": "Bob", "jobTitle": "Lead", "email": "bob@example.com"}},
        ]

        @pytest.fixture(scope="{scope}")
        def security(membership_mock_{scope}):
            client = membership_mock_{scope}.client("security-ir")
            client.create_membership(membershipName="Response", incidentResponseTeam=TEAM)
            return client

        class TestOne:
            def test_first(self, security):
                assert len(security.list_memberships()["items"]) == 1
                security.create_case(
                    resolverType="Self", title="Odd", description="An odd thing happened.",
                    engagementType="Security Incident", impactedAccounts=[], watchers=[],
                    reportedIncidentStartDate=0,
                )

            def test_second(self, security, membership_mock_{scope}):
                assert security.list_cases()["total"] == 1
                assert len(membership_mock_{scope}.calls.filter("CreateMembership")) == 1

        class TestTwo:
            def test_third(self, security):
                assert security.list_cases()["total"] == {0 if scope == "class" else 1}
        """
    )
    pytester.runpytest_subprocess().assert_outcomes(passed=3)


def test_a_failed_test_shows_the_mock_of_its_scope(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        def test_with(membership_mock_module):
            membership_mock_module.client("security-ir").list_memberships()
            raise AssertionError

        def test_without():
            raise AssertionError
        """
    )
    result = pytester.runpytest_subprocess()
    result.assert_outcomes(failed=2)
    assert str(result.stdout).count("Last calls:") == 1


def test_a_failed_test_shows_the_world_of_a_mock_that_it_started(
    pytester: pytest.Pytester,
) -> None:
    pytester.makepyfile(
        """
        import asyncio, unittest
        import boto3, pytest
        from membership_mock import mock_membership

        def furnish_and_fail(region):
            boto3.client("securityhub", region_name=region).enable_security_hub()
            raise AssertionError

        @mock_membership
        def test_decorator():
            furnish_and_fail("eu-west-1")

        def test_with():
            with mock_membership(), mock_membership():
                furnish_and_fail("eu-west-2")

        def test_async_with():
            async def story():
                async with mock_membership():
                    furnish_and_fail("eu-west-3")

            asyncio.run(story())

        @mock_membership
        class TestClass:
            def test_it(self):
                furnish_and_fail("us-east-1")

        @mock_membership
        class TestUnittest(unittest.TestCase):
            def test_it(self):
                furnish_and_fail("us-east-2")

        @pytest.fixture
        def own():
            with mock_membership() as mock:
                yield mock

        def test_own_fixture(own):
            furnish_and_fail("us-west-1")

        def test_without():
            raise AssertionError
        """
    )
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(failed=7)
    regions = ["eu-west-1", "eu-west-2", "eu-west-3", "us-east-1", "us-east-2", "us-west-1"]
    for region in regions:
        result.stdout.fnmatch_lines(
            [
                f"*1  securityhub.EnableSecurityHub by 123456789012 in {region}*-> 200",
                "World:",
                "  123456789012",
                f"    securityhub in {region}",
            ],
            consecutive=True,
        )
    assert str(result.stdout).count("Last calls:") == len(regions)


def test_what_an_option_complains_of_at_the_end_shows_the_world_too(
    pytester: pytest.Pytester,
) -> None:
    pytester.makepyfile(
        """
        import contextlib, pytest
        from membership_mock import mock_membership

        def furnish(mock, region):
            mock.client("securityhub", region=region).enable_security_hub()

        @pytest.mark.membership_mock(unused_plans="error")
        def test_fixture(membership_mock):
            furnish(membership_mock, "eu-west-1")
            membership_mock.fail("get_case", "ThrottlingException")

        def test_with():
            with mock_membership(unused_plans="error") as mock:
                furnish(mock, "eu-west-2")
                mock.fail("get_case", "ThrottlingException")

        @pytest.mark.membership_mock(strict=["EnableSecurityHub"])
        def test_strict(membership_mock):
            furnish(membership_mock, "eu-west-3")
            with contextlib.suppress(Exception):
                membership_mock.client("security-ir").list_memberships()
        """
    )
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=2, failed=1, errors=2)
    for region in ("eu-west-1", "eu-west-2", "eu-west-3"):
        tree = f"World:\n  123456789012\n    securityhub in {region}\n"
        assert str(result.stdout).count(tree) == 1


def test_a_failed_test_shows_the_world_of_a_mock_that_was_started_before_it(
    pytester: pytest.Pytester,
) -> None:
    pytester.makepyfile(
        test_shared="""
        import unittest
        import boto3, pytest
        from membership_mock import mock_membership

        class TestUnittest(unittest.TestCase):
            @classmethod
            def setUpClass(cls):
                cls.mock = mock_membership().start()
                cls.addClassCleanup(cls.mock.stop)
                boto3.client("securityhub", region_name="us-east-2").enable_security_hub()

            def test_1(self):
                raise AssertionError

            def test_2(self):
                raise AssertionError

        @pytest.fixture(scope="module")
        def own():
            with mock_membership() as mock:
                boto3.client("securityhub", region_name="us-west-1").enable_security_hub()
                yield mock

        def test_3(own):
            raise AssertionError

        def test_4(own):
            raise AssertionError
        """,
        test_without="""
        import pytest

        @pytest.fixture(scope="module", autouse=True)
        def ours(membership_mock_session):
            pass

        def test_5():
            pass
        """,
        test_without_still="def test_6(): raise AssertionError",
    )
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(failed=5, passed=1)
    shown = str(result.stdout)
    assert shown.count("    securityhub in us-east-2\n") == 2
    assert shown.count("    securityhub in us-west-1\n") == 2
    assert shown.count("Last calls:") == 4


def test_a_failed_test_shows_the_calls_to_a_mock_that_has_ended_before(
    pytester: pytest.Pytester,
) -> None:
    pytester.makepyfile(
        """
        from membership_mock import mock_membership

        def test_it():
            with mock_membership() as mock:
                mock.client("security-ir").list_memberships()
            raise AssertionError
        """
    )
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*security-ir.ListMemberships*", "  gone: the mock has ended"])


def test_the_markers_of_class_and_module_reach_their_fixtures(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest

        pytestmark = pytest.mark.membership_mock(account="222222222222")

        def account(mock):
            return mock.client("sts").get_caller_identity()["Account"]

        @pytest.fixture(scope="class")
        def in_class(membership_mock_class):
            return account(membership_mock_class)

        @pytest.mark.membership_mock(account="333333333333")
        class TestMarked:
            def test_class(self, in_class):
                assert in_class == "333333333333"

        def test_module(membership_mock_module):
            assert account(membership_mock_module) == "222222222222"
        """
    )
    pytester.runpytest_subprocess().assert_outcomes(passed=2)


SHARED = """
    import pytest

    @pytest.fixture(scope="SCOPE")
    def furnished(membership_mock_SCOPE):
        membership_mock_SCOPE.given.securityhub.member("111111111111", "222222222222", "Invited")

    class TestShared:
        @pytest.mark.parametrize("n", range(3))
        def test_each_begins_where_the_set_up_ended(self, furnished, membership_mock, n):
            member = membership_mock.client("securityhub", account="222222222222")
            (invitation,) = member.list_invitations()["Invitations"]
            assert invitation["MemberStatus"] == "Invited"
            member.accept_administrator_invitation(
                AdministratorId="111111111111", InvitationId=invitation["InvitationId"]
            )
            membership_mock.client("s3").create_bucket(Bucket="a-bucket")
            assert member.get_administrator_account()["Administrator"]["MemberStatus"] == "Enabled"
            assert n < 2, "the last one fails"
"""


@pytest.mark.parametrize("scope", ["class", "module", "session"])
def test_inside_a_wider_fixture_the_narrow_one_takes_back_what_the_test_did(
    pytester: pytest.Pytester, scope: str
) -> None:
    pytester.makepyfile(SHARED.replace("SCOPE", scope))
    result = pytester.runpytest_subprocess()
    result.assert_outcomes(passed=2, failed=1)
    # the report shows the world as the test left it
    result.stdout.fnmatch_lines(["*has member 222222222222 Enabled*"])


def test_the_narrow_fixture_is_empty_again_when_the_wider_one_is_over(
    pytester: pytest.Pytester,
) -> None:
    pytester.makepyfile(
        SHARED.replace("SCOPE", "class").replace("range(3)", "range(1)")
        + """
    def test_after(membership_mock):
        assert "securityhub" not in str(membership_mock)
        assert membership_mock.client("s3").list_buckets()["Buckets"] == []
"""
    )
    pytester.runpytest_subprocess().assert_outcomes(passed=2)


# --- mocks that are left running ---


@pytest.mark.parametrize(
    "leaking",
    [
        """
        def test_leaks():
            mock_membership().start()
        """,
        """
        @pytest.fixture(scope="module")
        def own():
            return mock_membership().start()

        def test_leaks(own):
            pass
        """,
        """
        class TestLeaks(unittest.TestCase):
            @classmethod
            def setUpClass(cls):
                cls.mock = mock_membership().start()

            def test_leaks(self):
                pass
        """,
        """
        class TestLeaks(unittest.TestCase):
            def setUp(self):
                self.mock = mock_membership()
                self.mock.start()

            def test_leaks(self):
                pass
        """,
    ],
    ids=["test", "fixture", "setUpClass", "setUp"],
)
@pytest.mark.parametrize("fixture", ["membership_mock", "membership_mock_module"])
def test_a_mock_that_is_left_running_is_named_by_the_next_fixture(
    pytester: pytest.Pytester, leaking: str, fixture: str
) -> None:
    head = "import unittest\nimport pytest\nfrom membership_mock import mock_membership\n"
    pytester.makepyfile(
        test_1=head + dedent(leaking),
        test_2=f"def test_next({fixture}): ...\ndef test_other(): ...",
    )
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(
        [f"*UsageError: {fixture} cannot start: a mock that was started at *test_1.py:*, in*"]
    )
    assert "test_leaks, is still running" in str(result.stdout)


def test_a_mock_that_is_shared_on_purpose_is_shared(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        """
        from membership_mock import mock_membership
        import pytest

        def pytest_sessionstart(session):
            mock_membership().start()

        @pytest.fixture(scope="session", autouse=True)
        def own():
            with mock_membership() as mock:
                yield mock
        """
    )
    pytester.makepyfile(
        """
        import unittest
        import pytest
        from membership_mock import mock_membership

        @pytest.fixture(scope="module", autouse=True)
        def of_module():
            with mock_membership() as mock:
                yield mock

        def test_fixture(membership_mock):
            membership_mock.client("security-ir").list_memberships()

        def test_body(request):
            with mock_membership():
                request.getfixturevalue("membership_mock")

        @mock_membership
        class TestDecorated:
            def test_it(self, membership_mock): ...

        class TestClass(unittest.TestCase):
            @classmethod
            def setUpClass(cls):
                cls.mock = mock_membership().start()
                cls.addClassCleanup(cls.mock.stop)

            @pytest.mark.usefixtures("membership_mock")
            def test_1(self): ...

            @pytest.mark.usefixtures("membership_mock")
            def test_2(self): ...

        def test_wide(membership_mock_module): ...
        """
    )
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=6)


# --- ini options ---


def test_every_option_can_be_set_in_the_ini_file(pytester: pytest.Pytester) -> None:
    pytester.makeini(
        """
        [pytest]
        membership_mock_config = {"core": {"service_whitelist": ["security-ir", "sts"]}}
        membership_mock_account = 111111111111
        membership_mock_region = eu-west-1
        membership_mock_seed = 7
        membership_mock_settle = clock
        membership_mock_strict = security-ir.List* sts.*
        """
    )
    pytester.makepyfile(
        """
        import pytest
        from membership_mock import UnexpectedCall, mock_membership
        from membership_mock.engine.running import require
        from membership_mock.options import Options

        def request_id(mock):
            answer = mock.client("security-ir").list_memberships()
            return answer["ResponseMetadata"]["RequestId"]

        @pytest.fixture
        def expected():
            with mock_membership(seed=7) as mock:
                return request_id(mock)

        def test_ini(expected, membership_mock):
            assert request_id(membership_mock) == expected
            assert not require().world.settles_at_read

        def test_strict(membership_mock):
            with pytest.raises(UnexpectedCall):
                membership_mock.client("s3").list_buckets()
            with pytest.raises(UnexpectedCall):
                raise_at_the_end(membership_mock)

        def raise_at_the_end(mock):
            mock.stop()
        """
    )
    result = pytester.runpytest_subprocess()
    # the fixture stops a mock that the test has stopped already, which is an error of the test
    result.assert_outcomes(passed=2, errors=1)


def test_config_that_is_no_json_is_explained(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nmembership_mock_config = {core: 1}")
    pytester.makepyfile("def test_it(membership_mock): ...")
    result = pytester.runpytest_subprocess()
    result.stdout.fnmatch_lines(["*membership_mock_config has to be a JSON object*"])


# --- strict mode ---


def test_an_unexpected_call_fails_the_test_once(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.membership_mock(strict=["security-ir.List*"])
        def test_it(membership_mock):
            membership_mock.client("securityhub").describe_hub()
        """
    )
    result = pytester.runpytest_subprocess()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*UnexpectedCall: securityhub.DescribeHub was called by*"])


def test_an_unexpected_call_that_the_code_catches_is_an_error_at_the_end(
    pytester: pytest.Pytester,
) -> None:
    pytester.makepyfile(
        """
        import contextlib
        import pytest

        @pytest.mark.membership_mock(strict=["security-ir.List*"])
        def test_it(membership_mock):
            with contextlib.suppress(Exception):
                membership_mock.client("securityhub").describe_hub()
        """
    )
    result = pytester.runpytest_subprocess()
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*UnexpectedCall: securityhub.DescribeHub was called by*"])


# --- trace ---

TRACED = """
    import boto3
    import pytest
    from membership_mock import mock_membership

    @pytest.fixture
    def furnished(membership_mock):
        membership_mock.client("security-ir").list_memberships()
        membership_mock.client("sts").get_caller_identity()
        yield membership_mock
        membership_mock.client("cleanrooms", account="111122223333").list_memberships()

    def test_fixture(furnished):
        furnished.client("cleanrooms").list_collaborations()

    @mock_membership
    def test_decorated():
        boto3.client("security-ir", region_name="eu-west-1").list_memberships()

    def test_shared(membership_mock_module):
        membership_mock_module.client("security-ir").list_memberships()

    def test_shared_again(membership_mock_module):
        membership_mock_module.client("cleanrooms").list_memberships()

    def test_nothing(): ...
"""


TRACES = {
    "test_fixture": [
        "1 security-ir.ListMemberships by 123456789012 in us-east-1 {} -> 200",
        "2 sts.GetCallerIdentity by 123456789012 in us-east-1 {} -> 200",
        "3 cleanrooms.ListCollaborations by 123456789012 in us-east-1 {} -> 200",
        "4 cleanrooms.ListMemberships by 111122223333 in us-east-1 {} -> 200",
    ],
    "test_decorated": ["1 security-ir.ListMemberships by 123456789012 in eu-west-1 {} -> 200"],
    "test_shared": ["1 security-ir.ListMemberships by 123456789012 in us-east-1 {} -> 200"],
    "test_shared_again": ["1 cleanrooms.ListMemberships by 123456789012 in us-east-1 {} -> 200"],
}


def traces(result: pytest.RunResult) -> dict[str, list[str]]:
    """Return the traces that a run has printed, by test."""
    lines = str(result.stdout).splitlines()
    start = next(n for n, line in enumerate(lines) if "= calls to mocked services =" in line)
    found: dict[str, list[str]] = {}
    for line in lines[start + 1 :]:
        if "::" in line and not line.startswith(" ") and " " not in line:
            calls = found.setdefault(line.rpartition("::")[2], [])
        elif found and line.startswith("  "):
            calls.append(" ".join(line.split()))
    return found


def test_the_trace_prints_the_calls_of_each_test(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(TRACED)
    result = pytester.runpytest_subprocess("--membership-mock-trace")
    result.assert_outcomes(passed=5)
    assert traces(result) == TRACES


def test_tests_run_and_are_traced_under_xdist(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        test_traced=TRACED,
        test_fresh="""
        import pytest

        @pytest.mark.parametrize("n", range(8))
        def test_it(membership_mock, n):
            client = membership_mock.client("security-ir")
            assert client.list_memberships()["items"] == []
            client.create_membership(
                membershipName="Response",
                incidentResponseTeam=[
                    {"name": "Ana", "jobTitle": "Lead", "email": "ana@example.com"},
                    {"name": "Bob", "jobTitle": "Lead", "email": "bob@example.com"},
                ],
            )
        """,
    )
    result = pytester.runpytest_subprocess("-n", "2", "--membership-mock-trace")
    result.assert_outcomes(passed=5 + 8)
    found = traces(result)
    assert {name: found.pop(name) for name in TRACES} == TRACES
    # each of the eight has a world of its own, in which its own calls are the only ones
    assert [len(calls) for calls in found.values()] == [2] * 8


def test_without_the_option_nothing_is_traced(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(TRACED)
    result = pytester.runpytest_subprocess()
    result.stdout.no_fnmatch_line("*calls to mocked services*")


# --- pytest's own unittest support ---


def test_fixtures_reach_test_cases_through_pytests_unittest_support(
    pytester: pytest.Pytester,
) -> None:
    pytester.makepyfile(
        """
        import unittest
        import pytest

        TEAM = [
            {"name": "Ana", "jobTitle": "Lead", "email": "ana@example.com"},
            {"name": "Bob", "jobTitle": "Lead", "email": "bob@example.com"},
        ]

        class TestFresh(unittest.TestCase):
            @pytest.fixture(autouse=True)
            def _mock(self, membership_mock):
                self.mock = membership_mock

            def test_one(self):
                client = self.mock.client("security-ir")
                client.create_membership(membershipName="Response", incidentResponseTeam=TEAM)

            def test_two(self):
                self.assertEqual(self.mock.client("security-ir").list_memberships()["items"], [])

        @pytest.mark.usefixtures("membership_mock_class")
        @pytest.mark.membership_mock(account="222222222222")
        class TestShared(unittest.TestCase):
            @pytest.fixture(autouse=True)
            def _mock(self, membership_mock_class):
                self.mock = membership_mock_class

            def test_one(self):
                client = self.mock.client("security-ir")
                client.create_membership(membershipName="Response", incidentResponseTeam=TEAM)

            def test_two(self):
                (item,) = self.mock.client("security-ir").list_memberships()["items"]
                self.assertEqual(item["accountId"], "222222222222")
        """
    )
    pytester.runpytest_subprocess("-p", "no:randomly").assert_outcomes(passed=4)


def test_inside_a_wider_fixture_no_test_meets_faults_calls_or_times_of_another(
    pytester: pytest.Pytester,
) -> None:
    pytester.makepyfile(
        """
        import pytest

        @pytest.fixture(scope="module", autouse=True)
        def furnished(membership_mock_module):
            membership_mock_module.client("security-ir").list_memberships()

        @pytest.mark.membership_mock(now="2035-01-01")
        def test_late(membership_mock): ...

        @pytest.mark.membership_mock(now="2034-01-01")
        def test_earlier(membership_mock): ...

        @pytest.mark.parametrize("resets", [True, False, False])
        def test_each(membership_mock, resets):
            assert len(membership_mock.faults) == 0
            assert [call.operation for call in membership_mock.calls] == ["ListMemberships"]
            if resets:
                membership_mock.reset()
            membership_mock.client("cleanrooms").list_memberships()
            membership_mock.fail("*", "ThrottlingException", times=None)
        """
    )
    result = pytester.runpytest_subprocess("-p", "no:randomly", "--membership-mock-trace")
    result.assert_outcomes(passed=5)
    assert str(result.stdout).count("1  cleanrooms.ListMemberships by") == 3


def test_a_marker_that_does_not_reach_the_wider_fixture_starts_the_narrow_one(
    pytester: pytest.Pytester,
) -> None:
    pytester.makepyfile(
        """
        import boto3, pytest

        pytestmark = pytest.mark.membership_mock(account="111111111111")

        def who():
            return boto3.client("sts", region_name="us-east-1").get_caller_identity()["Account"]

        @pytest.mark.membership_mock(account="222222222222")
        def test_marked(membership_mock_module):
            assert who() == "222222222222"
            membership_mock_module.client("s3").create_bucket(Bucket="of-this-test")

        def test_not_marked(membership_mock_module):
            assert who() == "111111111111"
            assert membership_mock_module.client("s3").list_buckets()["Buckets"] == []
        """
    )
    pytester.runpytest_subprocess("-p", "no:randomly").assert_outcomes(passed=2)


def test_a_test_that_is_over_keeps_no_world(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import gc, weakref

        worlds = []

        def test_one(membership_mock):
            membership_mock.client("security-ir").list_memberships()
            worlds.append(weakref.ref(membership_mock))

        def test_two():
            gc.collect()
            assert worlds[0]() is None
        """
    )
    pytester.runpytest_subprocess("-p", "no:randomly").assert_outcomes(passed=2)


def test_the_trace_has_the_calls_from_before_a_reset(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        def test_it(membership_mock):
            membership_mock.client("security-ir").list_memberships()
            membership_mock.reset()
            membership_mock.client("cleanrooms").list_memberships()
            membership_mock.client("cleanrooms").list_collaborations()
        """
    )
    result = pytester.runpytest_subprocess("--membership-mock-trace")
    result.stdout.fnmatch_lines(
        ["*1*security-ir.ListMemberships*", "*1*cleanrooms.List*", "*2*cleanrooms.List*"]
    )


def test_a_wider_fixture_that_comes_late_is_refused(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest
        from membership_mock import UsageError

        def test_late(membership_mock, request):
            with pytest.raises(UsageError, match="Ask for it in the arguments"):
                request.getfixturevalue("membership_mock_module")
        """
    )
    pytester.runpytest_subprocess().assert_outcomes(passed=1)
