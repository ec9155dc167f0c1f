"""The plugin, in child runs of pytest."""

from __future__ import annotations

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
    result = pytester.runpytest_subprocess("--strict-markers", "-W", "error")
    result.assert_outcomes(passed=1)
    markers = pytester.runpytest_subprocess("--markers")
    markers.stdout.fnmatch_lines(["@pytest.mark.membership_mock(config=None, account=None*"])


def test_tests_run_under_xdist(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import boto3, pytest

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
        """
    )
    pytester.runpytest_subprocess("-n", "2").assert_outcomes(passed=8)
