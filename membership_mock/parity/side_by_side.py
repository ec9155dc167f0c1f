"""Play a story on real endpoints and on the mock, call by call."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, nullcontext, suppress
from typing import Any, Protocol

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from membership_mock.engine import running
from membership_mock.engine.protocol.model import snake
from membership_mock.errors import UsageError
from membership_mock.parity.mock_process import MockProcess
from membership_mock.parity.recorded_call import RecordedCall, RecordedError
from membership_mock.parity.results import Report, Result
from membership_mock.parity.stories import STORIES, Story, Undo
from membership_mock.parity.values import plain
from membership_mock.testing.names import nearest_to


class Checker(Protocol):
    """Makes a call on a mock, and says how the mock has answered."""

    def check(self, call: RecordedCall) -> Result:
        """Make a call on the mock, and return how it has answered."""


class _Stopped(Exception):
    """A call that the story needs was refused."""


class _Stage:
    """Makes each call on the real endpoint first, and then on the mock.

    Args:
        story: what is played.
        sessions: the boto3 session of each role.
        accounts: the account of each role.
        region: where it is played.
        endpoint_url: where the calls go; None for AWS's own endpoints.
        checker: makes them on the mock.
        tell: is told about each result as it comes.
    """

    def __init__(
        self,
        story: Story,
        sessions: Mapping[str, Any],
        accounts: Mapping[str, str],
        region: str,
        endpoint_url: str | None,
        checker: Checker,
        tell: Callable[[str], object],
    ) -> None:
        self.region = region
        self.accounts = accounts
        self.results: list[Result] = []
        self._story = story
        self._sessions = sessions
        self._endpoint_url = endpoint_url
        self._checker = checker
        self._tell = tell
        self._clients: dict[tuple[str, str], Any] = {}
        self._cleanup: list[tuple[str, str, str, dict[str, Any]]] = []

    def call(self, role: str, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        """Make a call that the story needs; a refusal ends the story."""
        answer = self._make(role, service, operation, parameters)
        if answer is None:
            raise _Stopped(f"{service}.{operation} of {role} was refused, and the story needs it")
        return answer

    def attempt(self, role: str, service: str, operation: str, **parameters: Any) -> None:
        """Make a call that may be refused."""
        self._make(role, service, operation, parameters)

    def need(self, condition: bool, text: str) -> None:
        """End the story if a condition does not hold: the accounts are not as it presumes."""
        if not condition:
            raise _Stopped(text)

    def create(self, undo: Undo, role: str, operation: str, **parameters: Any) -> dict[str, Any]:
        """Make a call that the story needs, and undo it at the end unless it was refused.

        After a lost connection it may have taken effect, so it is undone then too.
        """
        call = (undo.role, undo.service, undo.operation, dict(undo.parameters))
        self._cleanup.append(call)
        answer = self._make(role, undo.service, operation, parameters)
        if answer is None:
            self._cleanup.remove(call)
            raise _Stopped(f"{undo.service}.{operation} of {role} was refused")
        return answer

    def later(self, role: str, service: str, operation: str, **parameters: Any) -> None:
        """Make a call when the story ends, however it ends; the last one is made first."""
        self._cleanup.append((role, service, operation, parameters))

    def clean_up(self) -> list[str]:
        """Make the calls that were put off, and return what they could not remove."""
        left = []
        while self._cleanup:
            role, service, operation, parameters = self._cleanup.pop()
            try:
                made = self._real(role, service, operation, parameters)
            except UsageError as error:
                left.append(f"{service}.{operation} of {role} with {parameters}: {error}")
                continue
            if made.error is not None:
                why = f"{made.error.code}: {made.error.message}"
                left.append(f"{service}.{operation} of {role} with {parameters}: {why}")
            with suppress(UsageError):  # the mock has gone, which must not stop the clean-up
                self._compare(made)
        return left

    def _make(
        self, role: str, service: str, operation: str, parameters: dict[str, Any]
    ) -> dict[str, Any] | None:
        made = self._real(role, service, operation, parameters)
        self._compare(made)
        return None if made.answer is None else dict(made.answer)

    def _real(
        self, role: str, service: str, operation: str, parameters: dict[str, Any]
    ) -> RecordedCall:
        """Make a call on the real endpoint, and return it with what came of it."""
        answer, error, status = None, None, None
        try:
            answer = getattr(self._client(role, service), snake(operation))(**parameters)
            status = answer.pop("ResponseMetadata", {}).get("HTTPStatusCode")
        except ClientError as refused:
            told = refused.response.get("Error", {})
            error = RecordedError(str(told.get("Code") or "Unknown"), told.get("Message"))
            status = refused.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        except BotoCoreError as failed:
            raise UsageError(
                f"The call {service}.{operation} of {role} has not reached the endpoint: {failed}"
            ) from failed
        return RecordedCall(
            place=f"{self._story.name}, call {len(self.results) + 1}",
            service=service,
            operation=operation,
            account=self.accounts[role],
            region=self.region,
            parameters=plain(parameters),
            answer=plain(answer) if error is None else None,
            error=error,
            status=status,
        )

    def _compare(self, made: RecordedCall) -> None:
        """Make the call on the mock too, and tell the result."""
        result = self._checker.check(made)
        self.results.append(result)
        self._tell(str(result))

    def _client(self, role: str, service: str) -> Any:
        key = (role, service)
        if key not in self._clients:
            self._clients[key] = _client(
                self._sessions[role], service, self.region, self._endpoint_url
            )
        return self._clients[key]


def play(
    story: str | Story,
    sessions: Mapping[str, Any],
    *,
    region: str,
    endpoint_url: str | None = None,
    create: bool = False,
    world: Mapping[str, Any] | None = None,
    ignore: Sequence[str] = (),
    any_order: bool = False,
    tell: Callable[[str], object] = lambda _: None,
    checker: Checker | None = None,
) -> Report:
    """Play a story on real endpoints and on the mock, call by call, and return what differs.

    Every call goes to the real endpoint first, and what it answers is then compared with the
    answer of the mock. The mock runs in a process of its own that has no credentials.

    Args:
        story: the name of a story of this package, or a story.
        sessions: a boto3 session for each role of the story.
        region: where it is played.
        endpoint_url: where the calls go, those to STS too; None for AWS's own endpoints.
        create: whether a story may create things, which it then removes.
        world: what the mock begins with, as `mock.given.world` takes it; by default what the story
            presumes.
        ignore: patterns of members that are not compared.
        any_order: whether the order of lists is left out of account.
        tell: is given each result as text as it comes.
        checker: makes the calls on a mock instead of the process.

    Returns:
        The report. What a clean-up could not remove is told, and counted as skipped.

    Raises:
        UsageError: there is no such story, a session is missing, two roles have the same account,
            the story creates things and ``create`` is not set, the endpoint cannot be reached, or
            the mock runs in this process and would take the calls. What the story had created by
            then was removed.
    """
    if isinstance(story, str):
        if story not in STORIES:
            raise UsageError(
                f"There is no story {story!r}{nearest_to(story, STORIES)}"
                " `python -m membership_mock parity stories` lists all stories."
            )
        story = STORIES[story]
    if checker is None and running.is_running():
        raise UsageError(
            "A mock is running in this process and would answer the calls that are meant for the"
            " real endpoint. Play the story outside of it."
        )
    if story.creates and not create:
        raise UsageError(
            f"The story {story.name!r} creates things in the accounts, and removes them at its"
            " end. To play it, allow that with create=True, or --create on the command line."
            f"\n{what_it_creates(story)}"
        )
    missing = [role for role in story.roles if role not in sessions]
    if missing:
        raise UsageError(
            f"The story {story.name!r} has the roles {', '.join(story.roles)}; there is no session"
            f" for {', '.join(missing)}."
        )
    accounts = {role: _account(role, sessions[role], region, endpoint_url) for role in story.roles}
    if len(set(accounts.values())) < len(accounts):
        raise UsageError(
            f"Each role of the story {story.name!r} is another account, but there are only"
            f" {', '.join(sorted(set(accounts.values())))}."
        )
    presumed = story.world(accounts, region) if world is None else world
    process = MockProcess(region=region, world=presumed, ignore=ignore, any_order=any_order)
    skipped: dict[str, int] = {}
    with ExitStack() as stack:
        used = stack.enter_context(process if checker is None else nullcontext(checker))
        stage = _Stage(story, sessions, accounts, region, endpoint_url, used, tell)
        try:
            story.steps(stage)
        except _Stopped as stopped:
            skipped[f"the rest of the story: {stopped}"] = 1
        finally:
            left = stage.clean_up()
            for each in left:
                tell(f"NOT REMOVED  {each}")
                skipped[f"a clean-up: {each}"] = 1
    return Report(stage.results, skipped)


def what_it_creates(story: Story) -> str:
    """Return a text about what a story creates, how it is removed, and what it may cost."""
    lines = [f"  - {each}" for each in story.creates]
    return "\n".join(["It creates, and removes with:", *lines, f"Cost: {story.cost}"])


def _account(role: str, session: Any, region: str, endpoint_url: str | None) -> str:
    client = _client(session, "sts", region, endpoint_url)
    try:
        return str(client.get_caller_identity()["Account"])
    except (ClientError, BotoCoreError) as error:
        raise UsageError(f"The account of {role} is not known: STS says: {error}") from error


def _client(session: Any, service: str, region: str, endpoint_url: str | None) -> Any:
    return session.client(
        service,
        region_name=region,
        endpoint_url=endpoint_url,
        config=Config(parameter_validation=False),
    )
