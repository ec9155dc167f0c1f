"""Canned answers over HTTP: give, list, end and withdraw them."""

from __future__ import annotations

from typing import Any

from membership_mock.server.tools.call_tools import state_of
from membership_mock.server.tools.json_values import with_bytes
from membership_mock.server.tools.served import Served
from membership_mock.server.tools.states import AnswerState, CallsState
from membership_mock.server.tools.tool import Tool
from membership_mock.testing.answers.answer import Answer
from membership_mock.testing.answers.answers import Answers


def list_answers(served: Served) -> list[AnswerState]:
    """Return all canned answers in the order in which they were given, with those used up."""
    return [AnswerState.of(name, each) for name, each in served.plans(Answer).items()]


def list_unused(served: Served) -> list[AnswerState]:
    """Return the canned answers that no call has had, except those that were withdrawn."""
    unused = served.mock.answers.unused
    return [
        AnswerState.of(name, each) for name, each in served.plans(Answer).items() if each in unused
    ]


def read_answer(served: Served, id: str) -> AnswerState:  # noqa: A002  its name in the path
    """Return a canned answer.

    Args:
        served: what is served.
        id: its id.
    """
    return AnswerState.of(id, served.plan(Answer, id))


def read_used(served: Served, id: str) -> CallsState:  # noqa: A002  likewise
    """Return the calls that a canned answer has answered.

    Args:
        served: what is served.
        id: its id.
    """
    answer = served.plan(Answer, id)
    return state_of(served, lambda: answer.used)


def end_answer(served: Served, id: str) -> AnswerState:  # noqa: A002  likewise
    """End a canned answer: it answers no more calls, and counts as unused if it has answered none.

    Args:
        served: what is served.
        id: its id.
    """
    answer = served.plan(Answer, id)
    answer._end()
    return AnswerState.of(id, answer)


def cancel_answer(served: Served, id: str) -> AnswerState:  # noqa: A002  likewise
    """Withdraw a canned answer: it answers no more calls, and does not count as unused.

    Args:
        served: what is served.
        id: its id.
    """
    answer = served.plan(Answer, id)
    answer.cancel()
    return AnswerState.of(id, answer)


def _give(served: Served, *, operation: str, answer: Any, **others: Any) -> AnswerState:
    served.forget_used_plans()
    given = served.mock.answers.give(operation, with_bytes(answer), **others)
    return AnswerState.of(served.name_of(given), given)


def _clear(served: Served) -> None:
    served.mock.answers.clear()


def _check(served: Served) -> None:
    served.mock.answers.assert_all_used()


TOOLS = [
    Tool(
        "answers.give",
        "POST",
        "/answers/give",
        Answers.give,
        _give,
        answers=AnswerState,
        without=frozenset({"where"}),
        words={
            "operation": "which calls: `securityhub.GetInsights` or `get_insights`.",
            "answer": "the members of the answer by their API names; or a list of such answers, of"
            " which each is for one call.",
        },
    ),
    Tool("answers", "GET", "/answers", list_answers, list_answers),
    Tool("answers.unused", "GET", "/answers/unused", list_unused, list_unused),
    Tool(
        "answers.assert_all_used",
        "POST",
        "/answers/assert_all_used",
        Answers.assert_all_used,
        _check,
    ),
    Tool("answers.clear", "DELETE", "/answers", Answers.clear, _clear),
    Tool("answer", "GET", "/answers/{id}", read_answer, read_answer),
    Tool("answer.used", "GET", "/answers/{id}/used", read_used, read_used),
    Tool("answer.end", "POST", "/answers/{id}/end", end_answer, end_answer),
    Tool("answer.cancel", "DELETE", "/answers/{id}", cancel_answer, cancel_answer),
]
