"""The tools that answer calls in place of the mock."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from membership_mock.testing.arguments import naming_arguments
from membership_mock.testing.running_mock import RunningMock

if TYPE_CHECKING:
    from membership_mock.testing.answers.answer import Answer, Canned
    from membership_mock.testing.answers.answers import Answers
    from membership_mock.testing.call import Call


@naming_arguments
class AnswerTools(RunningMock):
    """The tools of a mock that answer calls in its place."""

    def answer(
        self,
        operation: str,
        answer: Canned | Sequence[Canned],
        *,
        times: int | None = None,
        account: str | None = None,
        region: str | None = None,
        parameters: Mapping[str, Any] | None = None,
        where: Callable[[Call], bool] | None = None,
        force: bool = False,
    ) -> Answer:
        """Give a canned answer to matching calls.

        Args:
            operation: which calls: ``securityhub.GetInsights``, ``get_insights``, or with its
                service any operation of AWS, whether it is mocked or not: ``ses.SendEmail``.
            answer: the members of the answer by their API names; a function of the call that
                returns them, or None to leave the call to what comes next; an error of botocore's,
                `ClientError` or one of the connection; or a list of these, of which each is for
                one call.
            times: how many calls are answered; None for all further calls. A list is for as many
                calls as it has entries.
            account: only calls of this account.
            region: only calls to this region.
            parameters: only calls with these parameters, by API name; nested mappings may be
                partial.
            where: only calls for which this function returns true.
            force: answer so even if required members are missing, or values are not in the model.

        Raises:
            NotRunning: the mock is not running.
            UsageError: no such call is possible, or the operation does not answer like that.
        """
        return self.answers.give(
            operation,
            answer,
            times=times,
            account=account,
            region=region,
            parameters=parameters,
            where=where,
            force=force,
        )

    @property
    def answers(self) -> Answers:
        """The canned answers of the mock, with the calls that they have answered."""
        from membership_mock.testing.answers.answers import Answers

        return self._running().tool(Answers)
