"""Mocks of AWS Security Hub, Clean Rooms and Security Incident Response for multi-account tests.

Importing this package imports neither boto3 nor moto; the first use does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from membership_mock.errors import (
        ClientOutlivedMock,
        HookFailed,
        NotRunning,
        OperationNotMocked,
        RequestBlocked,
        SeedRefused,
        UnexpectedCall,
        UnfiredFault,
        UnusedPlan,
        UsageError,
    )
    from membership_mock.mock import MembershipMock, mock_membership
    from membership_mock.pytest_guard import real_aws
    from membership_mock.testing.answers.answer import Answer
    from membership_mock.testing.answers.answers import Answers
    from membership_mock.testing.aws_side.aws_side import AwsSide
    from membership_mock.testing.call import Call
    from membership_mock.testing.call_hooks.call_hook import CallHook
    from membership_mock.testing.call_hooks.call_hooks import CallHooks
    from membership_mock.testing.calls import Calls
    from membership_mock.testing.clock import MockClock
    from membership_mock.testing.containing import containing
    from membership_mock.testing.dumps.dumps import Dump
    from membership_mock.testing.events.events import Events
    from membership_mock.testing.events.sent_event import EventDelivery, SentEvent
    from membership_mock.testing.faults.fault import Fault
    from membership_mock.testing.faults.faults import Faults
    from membership_mock.testing.given.given import Given
    from membership_mock.testing.organization.organization import MockOrganization
    from membership_mock.testing.quotas import MockQuotas, QuotaState
    from membership_mock.testing.sleeps.sleeps import Sleep, Sleeps
    from membership_mock.testing.snapshots import Snapshot

from membership_mock.version import __version__

__all__ = [
    "Answer",
    "Answers",
    "AwsSide",
    "Call",
    "CallHook",
    "CallHooks",
    "Calls",
    "ClientOutlivedMock",
    "Dump",
    "EventDelivery",
    "Events",
    "Fault",
    "Faults",
    "Given",
    "HookFailed",
    "MembershipMock",
    "MockClock",
    "MockOrganization",
    "MockQuotas",
    "NotRunning",
    "OperationNotMocked",
    "QuotaState",
    "RequestBlocked",
    "SeedRefused",
    "SentEvent",
    "Sleep",
    "Sleeps",
    "Snapshot",
    "UnexpectedCall",
    "UnfiredFault",
    "UnusedPlan",
    "UsageError",
    "__version__",
    "containing",
    "mock_membership",
    "real_aws",
]

_HOMES = {
    "Answer": "testing.answers.answer",
    "Answers": "testing.answers.answers",
    "AwsSide": "testing.aws_side.aws_side",
    "Call": "testing.call",
    "CallHook": "testing.call_hooks.call_hook",
    "CallHooks": "testing.call_hooks.call_hooks",
    "Calls": "testing.calls",
    "Dump": "testing.dumps.dumps",
    "EventDelivery": "testing.events.sent_event",
    "Events": "testing.events.events",
    "Fault": "testing.faults.fault",
    "Faults": "testing.faults.faults",
    "Given": "testing.given.given",
    "MembershipMock": "mock",
    "MockClock": "testing.clock",
    "MockOrganization": "testing.organization.organization",
    "MockQuotas": "testing.quotas",
    "QuotaState": "testing.quotas",
    "SentEvent": "testing.events.sent_event",
    "Sleep": "testing.sleeps.sleeps",
    "Sleeps": "testing.sleeps.sleeps",
    "Snapshot": "testing.snapshots",
    "containing": "testing.containing",
    "mock_membership": "mock",
    "real_aws": "pytest_guard",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    from membership_mock.engine.lasting_objects import making_lasting_objects

    with making_lasting_objects():  # moto's and ours
        home = import_module(f"{__name__}.{_HOMES.get(name, 'errors')}")
    return getattr(home, name)


def __dir__() -> list[str]:
    return sorted(__all__)
