"""Seeds of Security Incident Response: AI investigations of cases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from membership_mock.errors import SeedRefused, UsageError
from membership_mock.testing.given.security_ir_cases import CaseSeeds
from membership_mock.testing.given.security_ir_results import SeededCase, SeededInvestigation

#: the status of each action of an investigation, by the status of the whole; all actions are set,
#: so that neither time nor reads move the investigation on
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
            status: ``Pending`` (it has just begun, and moves on by itself), ``Waiting`` (for the
                customer's answer), ``InProgress``, ``Completed``, ``Failed`` or ``Cancelled``.
            results: contents of the actions that have ended, in Markdown, by the type of the
                action: ``Evidence``, ``Investigation``, ``Summarization``.
            account: the owner of the case, if only its id is given; the mock's default account when
                None.
            region: likewise; the mock's default region when None.

        Raises:
            SeedRefused: the investigation is past this status.
            UsageError: no investigation has that status, or this one cannot reach it any more; the
                case is closed or self-managed; or a value is not valid.
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
                        f"The investigation of case {case_id} is not Pending: only a new"
                        " investigation is Pending, and it does not become Pending again."
                    )
                for one in shown:
                    if wanted := _INVESTIGATIONS[status].get(one.action_type):
                        aws.set_investigation_action(case_id, one.investigation_id, status=wanted)
            actions = aws._investigation_of(case_id)
            ids = {one.action_type: one.investigation_id for one in actions}
            return SeededInvestigation(case_id, who, where, status, ids)
