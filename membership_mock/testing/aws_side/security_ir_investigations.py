"""What AWS's AI investigations of Security Incident Response find, and how they end."""

from __future__ import annotations

from collections.abc import Mapping
from types import NoneType
from typing import TYPE_CHECKING, Literal

from membership_mock.engine.protocol.model import service_model
from membership_mock.errors import UsageError
from membership_mock.security_ir.principals import SERVICE
from membership_mock.testing.aws_side.security_ir import SERVICE_ID, SecurityIrSide
from membership_mock.testing.aws_side.side import check_text

if TYPE_CHECKING:
    from membership_mock.security_ir.investigations.investigations import InvestigationAction


class InvestigationSide(SecurityIrSide):
    """What AWS does with the AI investigations of one account in one region."""

    def add_investigation_action(
        self,
        case_id: str,
        action_type: Literal["Evidence", "Investigation", "Summarization"],
        title: str,
        content: str,
        status: str = "Completed",
    ) -> str:
        """Add an action to the AI investigation of an AWS-supported case, and return its id.

        Args:
            case_id: an open case of this account and region.
            action_type: a summarization that is Completed becomes a comment of the service, too.
            title: up to 200 characters.
            content: Markdown, up to 5,000 characters.
            status: ``Pending``, ``InProgress``, ``Waiting`` (for a comment of the customer's, ten
                minutes at the most), ``Completed``, ``Failed`` or ``Cancelled``.

        Raises:
            UsageError: the case is closed, self-managed or missing; or a value is not valid.
        """
        check_text(case_id=case_id, status=status)
        check_text(action_type=action_type, title=title, content=content)
        self._check_action(actionType=action_type, title=title, content=content)
        with self._acting("ListInvestigations", SERVICE) as (responders, ctx):
            return responders.add_action(ctx, case_id, action_type, title, content, status)

    def set_investigation_action(
        self,
        case_id: str,
        investigation_id: str,
        *,
        status: str | None = None,
        title: str | None = None,
        content: str | None = None,
    ) -> None:
        """Set an action of the AI investigation, which then no longer follows the schedule.

        Args:
            case_id: an open case of this account and region.
            investigation_id: the ``investigationId`` that ListInvestigations shows.
            status: the status of the action; None leaves it as it is.
            title: another title.
            content: another content; if it is None, a new status brings its default content.

        Raises:
            UsageError: the action has ended; there is no such action; the case is closed,
                self-managed or missing; or a value is not valid.
        """
        check_text(case_id=case_id, investigation_id=investigation_id)
        given = {"status": status, "title": title, "content": content}
        check_text(**{name: value for name, value in given.items() if value is not None})
        self._check_action(title=title, content=content)
        with self._acting("ListInvestigations", SERVICE) as (responders, ctx):
            responders.set_action(ctx, case_id, investigation_id, status, title, content)

    def end_investigation(
        self,
        case_id: str,
        status: Literal["Completed", "Failed", "Cancelled"] = "Completed",
        *,
        results: Mapping[str, str] | None = None,
    ) -> None:
        """End all unfinished actions of the AI investigation of an AWS-supported case.

        Args:
            case_id: an open case of this account and region.
            status: how it ends. The summary of a completed one becomes a comment of the service.
            results: contents, in Markdown, by the type of the action: ``Evidence``,
                ``Investigation``, ``Summarization``; each has a default.

        Raises:
            UsageError: the investigation has ended; the case is closed, self-managed or missing; or
                a value is not valid.
        """
        check_text(case_id=case_id, status=status)
        if not isinstance(results, (Mapping, NoneType)):
            raise UsageError(
                f"The results of an investigation are a mapping from the type of an action to its"
                f" content, not {results!r}."
            )
        for action_type, content in (results or {}).items():
            check_text(action_type=action_type, content=content)
            self._check_action(content=content)
        with self._acting("ListInvestigations", SERVICE) as (responders, ctx):
            responders.end_investigation(ctx, case_id, status, dict(results or {}))

    def _investigation_of(self, case_id: str) -> list[InvestigationAction]:
        """Return the actions of an open case's investigation; a read would move them on."""
        with self._acting("ListInvestigations", SERVICE) as (responders, ctx):
            return responders.investigation_of(ctx, case_id)

    def _check_action(self, **fields: str | None) -> None:
        members = service_model(SERVICE_ID).shape_for("InvestigationAction").members
        for name, value in fields.items():
            limits = members[name].metadata
            if value is None:
                continue
            if "enum" in limits and value not in limits["enum"]:
                raise UsageError(
                    f"{value!r} is not a valid {name} of an investigation; valid are:"
                    f" {', '.join(limits['enum'])}."
                )
            if "max" in limits and not limits["min"] <= len(value) <= limits["max"]:
                raise UsageError(
                    f"The {name} of an action has {limits['min']} to {limits['max']} characters,"
                    f" not {len(value)}."
                )
