"""AI investigations of cases in a wanted state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from membership_mock.errors import SeedRefused, UsageError
from membership_mock.testing.given.security_ir_cases import CaseSeeds
from membership_mock.testing.given.security_ir_results import SeededCase, SeededInvestigation

#: what each action of an investigation has come to, by the status of the whole; all of them are
#: told about, so that neither time nor looks take the investigation further than it was wanted
_INVESTIGATIONS: Mapping[str, Mapping[str, str]] = {
    "Pending": {},
    "Waiting": {"Investigation": "Waiting", "Evidence": "Pending", "Summarization": "Pending"},
    "InProgress": {
        "Investigation": "InProgress",
        "Evidence": "InProgress",
        "Summarization": "Pending",
    },
}
_ENDINGS: Mapping[str, Literal["Completed", "Failed", "Cancelled"]] = {
    "Completed": "Completed",
    "Failed": "Failed",
    "Cancelled": "Cancelled",
}


class InvestigationSeeds(CaseSeeds):
    """Seeds of investigations, each with the AWS-supported case that it needs."""

    def investigation(
        self,
        case: SeededCase | str | None = None,
        *,
        status: str = "Completed",
        results: Mapping[str, str] | None = None,
        account: str | None = None,
        region: str | None = None,
    ) -> SeededInvestigation:
        """Return the AI investigation of an AWS-supported case, a new case if none is given.

        Args:
            case: a case that was seeded, or the id of one of the account.
            status: ``Pending`` (it has just begun, and goes on as ever), ``Waiting`` (for the
                customer's answer), ``InProgress``, ``Completed``, ``Failed`` or ``Cancelled``.
            results: contents of what has ended, in Markdown, by the type of the action:
                ``Evidence``, ``Investigation``, ``Summarization``.
            account: whose case it is, if only its id is given; the mock's default account when
                None.
            region: likewise; the mock's default region when None.

        Raises:
            SeedRefused: the investigation has gone too far for it.
            UsageError: no investigation has that status, or this one does not come to it any more;
                the case is closed or self-managed; or a value cannot be so.
        """
        if status not in {*_INVESTIGATIONS, *_ENDINGS}:
            raise UsageError(
                f"An investigation cannot be {status!r}; it can be:"
                f" {', '.join([*_INVESTIGATIONS, *_ENDINGS])}."
            )
        if results and status not in _ENDINGS:
            raise UsageError(f"An investigation that is {status} has no results yet.")
        with self._setup.seed("security_ir.investigation"):
            case_id, who, where = self._case_of(case, account, region, "AWS")
            aws = self._aws(who, where)
            if status in _ENDINGS:
                aws.end_investigation(case_id, _ENDINGS[status], results=results)
            else:
                shown = aws._investigation_of(case_id)
                if status == "Pending" and {one.status for one in shown} != {"Pending"}:
                    raise SeedRefused(
                        f"The investigation of case {case_id} is not Pending: that is how the one"
                        " of a new AWS-supported case begins, and it does not come back to it."
                    )
                for one in shown:
                    if wanted := _INVESTIGATIONS[status].get(one.action_type):
                        aws.set_investigation_action(case_id, one.investigation_id, status=wanted)
            actions = aws._investigation_of(case_id)
            ids = {one.action_type: one.investigation_id for one in actions}
            return SeededInvestigation(case_id, who, where, status, ids)
