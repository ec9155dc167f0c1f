"""Faults that never fired: asked for, and at the end of a mock by choice."""

from __future__ import annotations

import unittest
import warnings
from contextlib import suppress
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from membership_mock import UnfiredFault, UsageError, mock_membership
from membership_mock.engine import running

ONCE = Config(retries={"total_max_attempts": 1})
ONE, TWO = "111111111111", "222222222222"


def ask(mock: Any, account: str = ONE, region: str = "us-east-1") -> None:
    client = mock.client("security-ir", account=account, region=region, config=ONCE)
    with suppress(ClientError):
        client.list_memberships()


def test_a_fault_that_hit_nothing_is_unfired(membership_mock: Any) -> None:
    one = membership_mock.fail("list_memberships", "ThrottlingException", times=2)
    two = membership_mock.fail("get_case", "ThrottlingException")
    assert membership_mock.faults.unfired == [one, two]
    ask(membership_mock)
    assert membership_mock.faults.unfired == [two]
    two.cancel()
    assert membership_mock.faults.unfired == []
    membership_mock.faults.assert_all_fired()


@pytest.mark.membership_mock(unused_plans="ignore")
def test_a_fault_whose_block_ended_is_unfired_all_the_same(membership_mock: Any) -> None:
    with membership_mock.fail("get_case", "ThrottlingException") as fault:
        pass
    assert membership_mock.faults.unfired == [fault]


def test_an_unfired_fault_shows_the_calls_that_came_nearest(membership_mock: Any) -> None:
    ask(membership_mock, TWO)
    operation, code = "security-ir.ListMemberships", "ThrottlingException"
    membership_mock.fail(operation, code, account=TWO, region="eu-west-1")
    ask(membership_mock)
    ask(membership_mock, TWO)
    with pytest.raises(UnfiredFault) as caught:
        membership_mock.faults.assert_all_fired()
    assert isinstance(caught.value, AssertionError)
    assert str(caught.value) == (
        "One fault never fired:\n"
        "    <Fault: security-ir.ListMemberships answers ThrottlingException (429) for 222222222222"
        " in eu-west-1, once; not fired>\n"
        "      The nearest calls:\n"
        "        security-ir.ListMemberships by 111111111111 in us-east-1 {} -> 200"
        "  [from 111111111111, not 222222222222]\n"
        "        security-ir.ListMemberships by 222222222222 in us-east-1 {} -> 200"
        "  [in us-east-1, not eu-west-1]"
    )


def test_an_unfired_fault_shows_what_was_called_instead(membership_mock: Any) -> None:
    membership_mock.fail("get_case", "ThrottlingException")
    membership_mock.faults.delay("list_cases", 3)
    nothing = r"(?s)2 faults never fired:.*There were no calls\..*There were no calls"
    with pytest.raises(UnfiredFault, match=nothing):
        membership_mock.faults.assert_all_fired()
    ask(membership_mock)
    with pytest.raises(UnfiredFault, match=r"not called at all; the last calls:\s+security-ir\.L"):
        membership_mock.faults.assert_all_fired()


def test_an_unfired_fault_says_what_kept_it_from_a_call(membership_mock: Any) -> None:
    membership_mock.fail("list_memberships", "InternalServerException", times=None)
    membership_mock.fail("list_memberships", "ThrottlingException")
    membership_mock.fail("list_memberships", "ThrottlingException", where=lambda _: False)
    with membership_mock.fail("security-ir.*", "ThrottlingException"):
        pass
    membership_mock.faults.refuse_accounts("securityhub.GetMembers", [TWO])
    for _ in range(7):
        ask(membership_mock)
    hub = membership_mock.client("securityhub", config=ONCE)
    hub.enable_security_hub()
    hub.get_members(AccountIds=[ONE])
    text = "\n".join(str(UnfiredFault(each)) for each in _reports(membership_mock))
    assert text.count("[refused before, or hit by another fault]") == 10
    assert text.count("[refused before, or hit by another fault, or where returned false]") == 5
    assert text.count("… and 2 more") == 3
    assert text.count("[names none of what is to be refused, or another fault came first]") == 1
    membership_mock.faults.clear()
    with membership_mock.fail("list_memberships", "ThrottlingException"):
        pass
    ask(membership_mock)
    with pytest.raises(UnfiredFault, match=r"\[the fault was over, or another one came first\]"):
        membership_mock.faults.assert_all_fired()


def _reports(mock: Any) -> list[str]:
    with pytest.raises(UnfiredFault) as caught:
        mock.faults.assert_all_fired()
    return [str(caught.value)]


# --- at the end of a mock ---


def test_a_mock_says_nothing_if_it_is_told_to_ignore_it() -> None:
    with warnings.catch_warnings(), mock_membership(unused_plans="ignore") as mock:
        warnings.simplefilter("error")
        mock.fail("get_case", "ThrottlingException")
    with pytest.raises(RuntimeError):
        mock.stop()


@pytest.mark.parametrize("options", [{}, {"unused_plans": "warn"}])
def test_a_mock_warns_at_its_end(options: dict[str, Any]) -> None:
    mock = mock_membership(**options)
    with pytest.warns(UserWarning, match=r"One fault never fired:\n.*GetCase"), mock:
        mock.fail("get_case", "ThrottlingException")


@pytest.mark.parametrize("way", ["with", "stop", "decorator"])
def test_a_mock_raises_at_its_end(way: str) -> None:
    mock = mock_membership(unused_plans="error")

    def inject() -> None:
        mock.fail("get_case", "ThrottlingException")

    with pytest.raises(UnfiredFault, match=r"One fault never fired:\n.*GetCase"):
        if way == "with":
            with mock:
                inject()
        elif way == "stop":
            mock.start()
            inject()
            mock.stop()
        else:
            mock_membership(unused_plans="error")(_injects)()
    with mock_membership() as after:
        assert len(after.faults) == 0


def _injects() -> None:
    with mock_membership() as inner:
        inner.fail("get_case", "ThrottlingException")


def test_a_fault_that_fired_is_no_reason_to_complain() -> None:
    with mock_membership(unused_plans="error") as mock:
        fault = mock.fail("list_memberships", "ThrottlingException", times=3)
        ask(mock)
    assert len(fault.fired) == 1


@pytest.mark.parametrize("way", ["with", "stop"])
def test_an_exception_in_flight_is_not_hidden(way: str) -> None:
    mock = mock_membership(unused_plans="error")
    with pytest.raises(KeyError, match="the test's own"):
        if way == "with":
            with mock:
                mock.fail("get_case", "ThrottlingException")
                raise KeyError("the test's own")
        else:
            mock.start()
            try:
                mock.fail("get_case", "ThrottlingException")
                raise KeyError("the test's own")
            finally:
                mock.stop()


def test_an_inner_mock_answers_for_its_own_faults() -> None:
    with mock_membership(unused_plans="ignore") as outer:
        outer.fail("get_case", "ThrottlingException")
        with mock_membership(unused_plans="error"):
            pass
        with (
            pytest.raises(UnfiredFault, match=r"One fault never fired:\n.*ListCases"),
            mock_membership(unused_plans="error") as inner,
        ):
            inner.fail("list_cases", "ThrottlingException")
        assert len(outer.faults.unfired) == 2


def test_an_inner_mock_leaves_its_faults_to_the_outer_one_unless_it_says_otherwise() -> None:
    with pytest.warns(UserWarning, match="One fault never fired") as caught:
        with mock_membership():
            with mock_membership() as inner:
                inner.fail("get_case", "ThrottlingException")
            assert len(caught) == 0
        assert len(caught) == 1


def test_the_older_name_of_the_option_works_and_warns_where_it_is_used() -> None:
    with pytest.warns(
        DeprecationWarning, match="unfired_faults is deprecated.*unused_plans"
    ) as told:
        mock = mock_membership(unfired_faults="error")
    assert [warning.filename for warning in told] == [__file__]
    with pytest.raises(UnfiredFault), mock:
        mock.fail("get_case", "ThrottlingException")


def test_the_option_has_one_value_whatever_its_name() -> None:
    with pytest.raises(UsageError, match="unfired_faults is the older name of unused_plans"):
        mock_membership(unused_plans="warn", unfired_faults="error")
    with pytest.warns(DeprecationWarning):
        mock_membership(unused_plans="warn", unfired_faults="warn")


def test_the_older_name_in_the_ini_file_and_the_marker_warns_unless_it_is_silenced(
    pytester: pytest.Pytester,
) -> None:
    pytester.makepyfile(
        """
        import pytest

        def test_by_the_file(membership_mock):
            membership_mock.fail("get_case", "ThrottlingException")

        @pytest.mark.membership_mock(unfired_faults="error")
        def test_by_the_marker(membership_mock):
            membership_mock.fail("get_case", "ThrottlingException")
        """
    )
    pytester.makeini("[pytest]\nmembership_mock_unfired_faults = error")
    run = ["-p", "no:cacheprovider", "-W", "error"]
    result = pytester.runpytest_subprocess(*run)
    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(
        ["*The option membership_mock_unfired_faults is deprecated*: write *_unused_plans."]
    )
    result = pytester.runpytest_subprocess(*run, "-W", "ignore:The option:DeprecationWarning")
    result.assert_outcomes(passed=2, errors=2)
    result.stdout.fnmatch_lines(["*One fault never fired:"])


def test_another_word_than_the_three_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="'ignore', 'warn' or 'error', not 'raise'"):
        mock_membership(unused_plans="raise")  # type: ignore[call-overload]


def test_unittest_hears_of_it() -> None:
    @mock_membership(unused_plans="error")
    class Case(unittest.TestCase):
        def test_it(self) -> None:
            _injects()

        def test_fails(self) -> None:
            _injects()
            self.fail("the test's own")

        def test_goes_on(self) -> None: ...

        @unittest.skip("for no reason")
        def test_skipped(self) -> None: ...

    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(Case).run(result)
    assert (result.testsRun, len(result.skipped), result.errors) == (4, 1, [])
    fails, it = result.failures
    assert "the test's own" in fails[1]
    assert "UnfiredFault: One fault never fired" in it[1]
    with pytest.raises(UnfiredFault):
        Case("test_it").debug()
    assert not running.is_running()


def test_the_fixture_complains_in_the_tear_down_of_a_test_that_passed(
    pytester: pytest.Pytester,
) -> None:
    pytester.makeini("[pytest]\nmembership_mock_unused_plans = error")
    pytester.makepyfile(
        """
        import pytest

        def test_passes(membership_mock):
            membership_mock.fail("get_case", "ThrottlingException")

        def test_fails(membership_mock):
            membership_mock.fail("get_case", "ThrottlingException")
            assert "the test's own" == "failure"

        @pytest.mark.membership_mock(unused_plans="ignore")
        def test_ignores(membership_mock):
            membership_mock.fail("get_case", "ThrottlingException")
        """
    )
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=2, failed=1, errors=1)
    result.stdout.fnmatch_lines(["*ERROR at teardown of test_passes*", "*One fault never fired:"])
    result.stdout.no_fnmatch_line("*ERROR at teardown of test_fails*")


def test_a_warning_points_to_the_code_that_used_the_mock() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with mock_membership(unused_plans="warn") as mock:
            mock.fail("get_case", "ThrottlingException")
        mock_membership(unused_plans="warn")(_injects)()
    assert [warning.filename for warning in caught] == [__file__, __file__]


def test_nobody_is_told_twice() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with mock_membership(unused_plans="warn"), mock_membership(unused_plans="warn") as mock:
            mock.fail("get_case", "ThrottlingException")
    assert len(caught) == 1


def test_a_decorated_class_complains_once_and_not_of_a_test_that_failed(
    pytester: pytest.Pytester,
) -> None:
    pytester.makepyfile(
        """
        from membership_mock import mock_membership

        def injects():
            with mock_membership() as mock:
                mock.fail("get_case", "ThrottlingException")

        @mock_membership(unused_plans="error")
        class TestIt:
            def test_passes(self):
                injects()

            def test_fails(self):
                injects()
                assert "the test's own" == "failure"
        """
    )
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(failed=2)
    # The short summary names the first line once more where pytest finds room for it, as on CI.
    complaints = [
        line for line in result.outlines if line.startswith("E ") and "UnfiredFault:" in line
    ]
    assert len(complaints) == 1
    assert complaints[0].endswith("UnfiredFault: One fault never fired:")


def test_the_fixture_does_not_complain_of_a_test_that_was_skipped_or_expected_to_fail(
    pytester: pytest.Pytester,
) -> None:
    pytester.makeini("[pytest]\nmembership_mock_unused_plans = error")
    pytester.makepyfile(
        """
        import pytest

        def test_skipped(membership_mock):
            membership_mock.fail("get_case", "ThrottlingException")
            pytest.skip("not here")

        @pytest.mark.xfail
        def test_expected_to_fail(membership_mock):
            membership_mock.fail("get_case", "ThrottlingException")
            raise AssertionError
        """
    )
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(skipped=1, xfailed=1)
