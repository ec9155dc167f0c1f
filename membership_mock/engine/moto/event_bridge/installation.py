"""Changes moto's EventBridge while a mock runs: it matches lists, and no target raises an error.

This also holds for events that a test puts onto a bus itself.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from membership_mock.engine.moto.modules import require_models_of
from membership_mock.engine.protocol import event_patterns
from membership_mock.engine.protocol.pattern_faults import LONGEST, fault_of

if TYPE_CHECKING:
    from membership_mock.engine.moto.event_bridge.event_bridge import EventBridge
    from membership_mock.engine.moto.patches import Patches


def install(patches: Patches, bridge: Callable[[], EventBridge]) -> None:
    """Let moto's rules match and deliver as `EventBridge` does.

    Args:
        patches: undone when the mock ends.
        bridge: returns that of the running mock.
    """
    models = require_models_of("events")

    def send_to_targets(
        rule: Any, original_event: Mapping[str, Any], transform_input: bool = True
    ) -> None:
        del transform_input
        bridge().take(rule, original_event)

    patches.set(models.Rule, "send_to_targets", send_to_targets)
    load = patches.original(models.EventPattern, "load")

    def load_checked(_: Any, raw_pattern: str | None) -> Any:
        if raw_pattern is not None:
            _check(raw_pattern)
        return load(raw_pattern)

    patches.set(models.EventPattern, "load", classmethod(load_checked))
    responses = importlib.import_module("moto.events.responses")

    def test_event_pattern(response: Any) -> str:
        pattern = models.EventPattern.load(response._get_param("EventPattern")).get_pattern()
        try:
            event = json.loads(response._get_param("Event"))
        except ValueError:
            exceptions = importlib.import_module("moto.events.exceptions")
            raise exceptions.ValidationException("Parameter Event is not valid.") from None
        return json.dumps({"Result": event_patterns.matches(pattern, event)})

    if "test_event_pattern" in vars(responses.EventsHandler):
        patches.set(responses.EventsHandler, "test_event_pattern", test_event_pattern)


def _check(pattern: str) -> None:
    """Refuse a pattern that EventBridge refuses; moto accepts it, and it never matches.

    Raises:
        InvalidEventPatternException: as EventBridge does.
    """
    exceptions = importlib.import_module("moto.events.exceptions")
    if len(pattern) > LONGEST:
        raise exceptions.ValidationException(
            "1 validation error detected: Value at 'eventPattern' failed to satisfy constraint:"
            f" Member must have length less than or equal to {LONGEST}"
        )
    try:
        read = json.loads(pattern)
    except (ValueError, RecursionError):
        return  # moto refuses it itself
    if fault := fault_of(read):
        raise exceptions.InvalidEventPatternException(reason=fault)
