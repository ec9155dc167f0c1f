"""The response team: the people that a membership notifies."""

from __future__ import annotations

from typing import Any

from membership_mock.engine.protocol import model
from membership_mock.security_ir.errors import ConflictException


def check_team(team: list[dict[str, Any]]) -> None:
    """Refuse two members with one e-mail address.

    That the letter case does not matter is inferred [IR-34].
    """
    seen: set[str] = set()
    for index, responder in enumerate(team):
        email = responder["email"].lower()
        if email in seen:
            raise ConflictException(
                "Each member of the incident response team must have a unique email address.",
                f"incidentResponseTeam/{index}",  # the message must not repeat the address
                "IncidentResponder",
            )
        seen.add(email)


def with_preferences(team: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the team; a member without preferences gets every notification.

    Source: user guide, communication preferences, for the default; that reads return the
    whole list is inferred [IR-35].
    """
    everything = model.service_model("security-ir").shape_for("CommunicationType").metadata["enum"]
    return [{"communicationPreferences": list(everything), **responder} for responder in team]
