"""Lets good answers pass without the checks whether a call has to be sent again.

botocore's retry handler asks some seven checkers whether a call has to be sent again. They look for
the codes and statuses of errors, and for exceptions. While a mock runs, they are not asked about an
answer with a status of success and without an error. They are asked about all others.
"""

from __future__ import annotations

from operator import attrgetter
from typing import Any

from botocore.retries import standard

from membership_mock.engine.moto.patches import Patches

#: the checkers that find nothing in a good answer; the last one compares checksums, but only those
#: of one service
_CHECKERS = (
    "TransientRetryableChecker",
    "ThrottledRetryableChecker",
    "ModeledRetryableChecker",
    "special.RetryIDPCommunicationError",
    "special.RetryDDBChecksumError",
)
#: another one, which not every release of botocore has
_NEWER = "ThrottlingStatusCodeChecker"
#: the service whose checksums are compared
_WITH_CHECKSUMS = "dynamodb"

_GOOD = range(200, 300)

_either: Any = getattr(standard, "OrRetryChecker", object)
_names = (*_CHECKERS, _NEWER) if hasattr(standard, _NEWER) else _CHECKERS
_kinds_of = attrgetter(*_names)
_checks_of = attrgetter(*(f"{name}.is_retryable" for name in _names))


def _own() -> Any:
    """Return the checkers and what they do now; None if one is missing."""
    try:
        return _kinds_of(standard), _checks_of(standard)
    except AttributeError:
        return None


# What they are before anybody patches them.
_usual = _own()
_kinds = frozenset(_usual[0]) if _usual is not None else frozenset()
_check: Any = vars(_either).get("is_retryable")


def install(patches: Patches) -> None:
    """Do not check good answers until ``patches`` are undone."""
    slow = patches.original_of(_either, "is_retryable", (_check,))
    if slow is None or _usual is None:
        return

    def is_retryable(self: Any, context: Any) -> Any:
        response, parsed = context.http_response, context.parsed_response
        if (
            response is not None
            and response.status_code in _GOOD
            and context.caught_exception is None
            and type(parsed) is dict
            and "Error" not in parsed
            and context.operation_model.service_model.service_name != _WITH_CHECKSUMS
            and _are_known(self._checkers)
            and _checks_of(standard) == _usual[1]
        ):
            return False
        return slow(self, context)

    patches.set(_either, "is_retryable", is_retryable)


def _are_known(checkers: Any) -> bool:
    for checker in checkers:
        kind = type(checker)
        if kind not in _kinds and not (kind is _either and _are_known(checker._checkers)):
            return False
    return True
