"""The abilities of the members of a collaboration.

Sources: the glossary of the user guide and the service model; that a collaboration without an
account that runs queries is refused, and the texts, are inferred [CR-17, CR-84].
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from membership_mock.cleanrooms.errors import ValidationException

QUERY = "CAN_QUERY"
RUN_JOB = "CAN_RUN_JOB"
RECEIVE_RESULTS = "CAN_RECEIVE_RESULTS"
EXPORT_QUERY_ANALYSIS_LOG = "CAN_EXPORT_QUERY_ANALYSIS_LOG"

#: the abilities that are fixed when a collaboration is created
FIXED = frozenset({QUERY, RUN_JOB})


def check_runner(abilities: Sequence[tuple[str, Iterable[str]]]) -> None:
    """Refuse a collaboration unless exactly one account runs its queries and jobs.

    Args:
        abilities: each account with its abilities, the creator first.

    Raises:
        ValidationException: no account can query, or several can, or another one runs the jobs.
    """
    runners = [account for account, held in abilities if QUERY in held]
    if len(runners) != 1:
        raise ValidationException(
            f"Exactly one member of a collaboration must have the ability {QUERY}, not"
            f" {len(runners)}.",
            field="members" if runners else "creatorMemberAbilities",
        )
    for account, held in abilities:
        if RUN_JOB in held and account != runners[0]:
            raise ValidationException(
                f"Account {account} cannot have the ability {RUN_JOB} without {QUERY}: one member"
                " runs both queries and jobs.",
                field="creatorMemberAbilities" if account == abilities[0][0] else "members",
            )


def changed(present: Sequence[str], wanted: Sequence[str]) -> list[str]:
    """Return the abilities of a member once ``wanted`` replaces all that can be replaced."""
    kept = [ability for ability in present if ability in FIXED or ability in wanted]
    return kept + [ability for ability in wanted if ability not in kept]
