"""The decorator, on everything that pytest and unittest run."""

from __future__ import annotations

import asyncio
import contextlib
import unittest
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest

from membership_mock import NotRunning, mock_membership
from membership_mock.engine.running import is_running
from tests.mock.test_lifecycle import memberships
from tests.samples import new_membership


def count() -> int:
    return len(memberships(boto3.client("security-ir")))


@mock_membership
def test_bare_on_a_function() -> None:
    new_membership(boto3.client("security-ir"))
    assert count() == 1


@mock_membership
def test_each_decorated_function_starts_empty() -> None:
    assert count() == 0


@mock_membership(account="444455556666", region="eu-west-1")
def test_with_options_on_a_function() -> None:
    assert boto3.client("sts").get_caller_identity()["Account"] == "444455556666"


@mock_membership()
@pytest.mark.parametrize("name", ["one", "two"])
def test_arguments_are_passed_on(name: str, tmp_path: Any) -> None:
    assert name in ("one", "two")
    assert tmp_path.exists()
    assert count() == 0


def test_async_function_is_mocked_while_it_is_awaited() -> None:
    @mock_membership
    async def story() -> int:
        new_membership(boto3.client("security-ir"))
        await asyncio.sleep(0)
        return count()

    assert asyncio.iscoroutinefunction(story)
    assert asyncio.run(story()) == 1


@pytest.fixture
@mock_membership
def client() -> Iterator[Any]:
    client = boto3.client("security-ir")
    new_membership(client)
    yield client
    assert len(memberships(client)) == 2


def test_generator_fixture_is_mocked_until_its_end(client: Any) -> None:
    assert count() == 1
    client.cancel_membership(membershipId=memberships(client)[0])
    new_membership(client)


def test_async_generator_is_mocked_until_its_end() -> None:
    @mock_membership
    async def numbers() -> AsyncIterator[int]:
        new_membership(boto3.client("security-ir"))
        yield count()
        yield count()

    async def walk() -> list[int]:
        return [number async for number in numbers()]

    assert asyncio.run(walk()) == [1, 1]


def test_what_is_sent_thrown_and_closed_reaches_an_async_generator_inside_the_mock() -> None:
    seen: list[Any] = []

    @mock_membership
    async def world() -> AsyncGenerator[Any, Any]:
        try:
            seen.append((yield boto3.client("security-ir")))
            yield
        except KeyError as error:
            seen.append(repr(error))
        finally:
            seen.append(count())

    async def throw() -> None:
        async with contextlib.asynccontextmanager(world)() as client:
            new_membership(client)
            raise KeyError("body")

    async def send_and_close() -> None:
        generator = world()
        await generator.__anext__()
        await generator.asend("sent")
        await generator.aclose()

    asyncio.run(throw())
    assert seen == ["KeyError('body')", 1]
    seen.clear()
    asyncio.run(send_and_close())
    assert seen == ["sent", 0]


def test_a_fixture_object_is_refused_with_the_right_order() -> None:
    @pytest.fixture
    def fixture() -> None: ...

    with pytest.raises(TypeError, match=r"Put @mock_membership below @pytest\.fixture"):
        mock_membership(fixture)


def test_other_things_are_refused() -> None:
    with pytest.raises(TypeError, match="it takes functions and classes"):
        mock_membership()(3)


def test_name_and_signature_stay() -> None:
    @mock_membership
    def documented(value: int) -> int:
        """Return the value."""
        return value

    assert documented.__name__ == "documented"
    assert documented.__doc__ == "Return the value."
    assert documented(3) == 3


@mock_membership
class TestPlainClass:
    def test_a_world_of_its_own(self) -> None:
        new_membership(boto3.client("security-ir"))
        assert count() == 1

    def test_for_each_test(self) -> None:
        assert count() == 0

    @staticmethod
    def test_static_methods_too() -> None:
        assert count() == 0

    class TestNested:
        def test_a_nested_class_too(self) -> None:
            assert count() == 0


@mock_membership
class TestPlainClassWithSetUp:
    def setup_method(self) -> None:
        new_membership(boto3.client("security-ir"))

    def teardown_method(self, method: Any) -> None:
        assert count() == 1
        assert method.__name__.startswith("test_")

    @pytest.fixture
    def seen(self) -> int:
        return count()

    def test_set_up_and_tear_down_share_the_tests_world(self, seen: int) -> None:
        assert seen == count() == 1

    def test_once_for_each_test(self) -> None:
        assert count() == 1


@mock_membership
class TestCaseWithoutSetUp(unittest.TestCase):
    def test_a_world_of_its_own(self) -> None:
        new_membership(boto3.client("security-ir"))
        self.assertEqual(count(), 1)

    def test_for_each_test(self) -> None:
        self.assertEqual(count(), 0)


@mock_membership(account="444455556666")
class TestCaseWithSetUp(unittest.TestCase):
    def setUp(self) -> None:
        new_membership(boto3.client("security-ir"))
        self.addCleanup(lambda: self.assertEqual(count(), 1))

    def tearDown(self) -> None:
        self.assertEqual(count(), 1)

    def test_set_up_shares_the_tests_world(self) -> None:
        self.assertEqual(count(), 1)
        self.assertEqual(boto3.client("sts").get_caller_identity()["Account"], "444455556666")

    def test_once_for_each_test(self) -> None:
        self.assertEqual(count(), 1)


@mock_membership
class TestAsyncCase(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self) -> None:
        new_membership(boto3.client("security-ir"))

    async def test_async_set_up_shares_the_tests_world(self) -> None:
        await asyncio.sleep(0)
        self.assertEqual(count(), 1)


class Base:
    def setup_method(self) -> None:
        new_membership(boto3.client("security-ir"))


@mock_membership
class TestInheritedSetUp(Base):
    def test_runs_inside_the_mock(self) -> None:
        assert count() == 1


class TestOverriddenSetUp(TestPlainClassWithSetUp):
    def setup_method(self) -> None:
        assert count() == 0

    def teardown_method(self, method: Any) -> None: ...

    @pytest.fixture(autouse=True)
    def seen(self) -> int:
        new_membership(boto3.client("security-ir"))
        return 1


class TestExtendedSetUp(TestPlainClassWithSetUp):
    def setup_method(self) -> None:
        super().setup_method()
        assert count() == 1


@pytest.mark.parametrize("overridden", ["setup_method", "teardown_method"])
def test_a_subclass_that_overrides_one_half_leaves_no_mock_behind(overridden: str) -> None:
    heirs: list[str] = []

    @mock_membership
    class TestBase:
        def __init_subclass__(cls) -> None:
            heirs.append(cls.__name__)

    heir = type("TestHeir", (TestBase,), {overridden: lambda _self: heirs.append(str(count()))})()
    heir.setup_method()
    assert count() == 0
    heir.teardown_method()
    assert heirs == ["TestHeir", "0"]
    assert not is_running()


def test_a_plain_class_works_without_pytest_too() -> None:
    @mock_membership
    class TestByHand:
        def test_it(self) -> int:
            new_membership(boto3.client("security-ir"))
            return count()

    assert TestByHand().test_it() == 1
    assert TestByHand().test_it() == 1


def test_a_failing_unittest_leaves_no_mock_behind() -> None:
    @mock_membership
    class Failing(unittest.TestCase):
        def setUp(self) -> None:
            raise ZeroDivisionError

        def test_it(self) -> None: ...

    result = unittest.TestResult()
    Failing("test_it").run(result)
    assert len(result.errors) == 1
    with mock_membership() as mock:
        assert memberships(mock.client("security-ir")) == []


# --- the tools inside ---


def test_the_mock_that_decorates_is_at_hand_inside() -> None:
    mock = mock_membership(region="eu-west-1")

    @mock
    def count(depth: int) -> int:
        if depth:
            return count(depth - 1)
        mock.given.securityhub.member("111111111111", "222222222222", "Invited")
        member = mock.client("securityhub", account="222222222222")
        found: int = member.get_invitations_count()["InvitationsCount"]
        return found

    assert count(0) == count(2) == 1
    assert [call.operation for call in mock.calls] == ["GetInvitationsCount"]
    with pytest.raises(NotRunning):
        mock.client("securityhub")


def test_each_test_of_a_decorated_class_has_a_world_of_its_own_and_the_tools() -> None:
    mock = mock_membership(region="eu-west-1")

    @mock
    class Case(unittest.TestCase):
        def setUp(self) -> None:
            mock.given.securityhub.hub()

        def test_one(self) -> None:
            mock.given.securityhub.member("111111111111", "222222222222")

        def test_two(self) -> None:
            self.assertNotIn("222222222222", str(mock))

    for name in ("test_one", "test_two"):
        assert Case(name).run().wasSuccessful()


def test_one_mock_may_decorate_what_several_threads_call() -> None:
    mock = mock_membership()

    @mock
    def who(account: str) -> str:
        client = mock.client("sts", account=account)
        found: str = client.get_caller_identity()["Account"]
        return found

    accounts = [f"{n}" * 12 for n in range(1, 9)]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(who, accounts)) == accounts
