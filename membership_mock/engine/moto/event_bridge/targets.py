"""What moto can deliver an event to: queues, topics, logs, streams, archives and HTTP endpoints."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.moto.modules import require_models_of


class UndeliverableError(Exception):
    """A target cannot get an event; the text says why."""


@dataclass(frozen=True, slots=True)
class TargetArn:
    """The parts of a target's ARN."""

    text: str
    service: str
    region: str
    account_id: str
    resource: str

    @classmethod
    def of(cls, text: str) -> TargetArn:
        """Return the parts of an ARN.

        Raises:
            UndeliverableError: it is not an ARN.
        """
        parts = text.split(":", 5)
        if len(parts) < 6:
            raise UndeliverableError(f"{text} is not an ARN")
        return cls(text, parts[2], parts[3], parts[4], parts[5])


def send(arn: TargetArn, target: Mapping[str, Any], text: str, event_id: str) -> None:
    """Deliver a text to a target of moto's.

    Args:
        arn: the target's ARN.
        target: the target as PutTargets takes it.
        text: what it gets.
        event_id: the id of the event.

    Raises:
        UndeliverableError: moto has no such target, or the target does not exist.
    """
    deliver = _TARGETS.get(arn.service)
    if deliver is None:
        raise UndeliverableError(f"moto delivers nothing to {arn.service or 'such a target'}")
    deliver(arn, target, text, event_id)


def _queue(arn: TargetArn, target: Mapping[str, Any], text: str, event_id: str) -> None:
    del event_id
    backend = require_models_of("sqs").sqs_backends[arn.account_id][arn.region]
    queue = backend.queues.get(arn.resource)
    if queue is None:
        raise UndeliverableError("there is no such queue")
    group = (target.get("SqsParameters") or {}).get("MessageGroupId")
    if queue.fifo_queue and not queue.content_based_deduplication:
        raise UndeliverableError("the FIFO queue has no content-based deduplication")
    backend.send_message(queue_name=arn.resource, message_body=text, group_id=group)


def _topic(arn: TargetArn, target: Mapping[str, Any], text: str, event_id: str) -> None:
    del target, event_id
    backend = require_models_of("sns").sns_backends[arn.account_id][arn.region]
    if arn.text not in backend.topics:
        raise UndeliverableError("there is no such topic")
    backend.publish(text, arn=arn.text)


def _log_group(arn: TargetArn, target: Mapping[str, Any], text: str, event_id: str) -> None:
    del target
    logs = require_models_of("logs")
    backend = logs.logs_backends[arn.account_id][arn.region]
    name = arn.resource.removeprefix("log-group:").removesuffix(":*")
    if name not in backend.groups:
        raise UndeliverableError("there is no such log group")
    if event_id not in backend.groups[name].streams:
        backend.create_log_stream(name, event_id)
    # moto's own time, with which moto decides what has expired
    entry = {"timestamp": logs.unix_time_millis(), "message": text}
    backend.put_log_events(name, event_id, [entry])


def _stream(arn: TargetArn, target: Mapping[str, Any], text: str, event_id: str) -> None:
    backend = require_models_of("kinesis").kinesis_backends[arn.account_id][arn.region]
    name = arn.resource.removeprefix("stream/")
    if name not in backend.streams:
        raise UndeliverableError("there is no such stream")
    path = (target.get("KinesisParameters") or {}).get("PartitionKeyPath")
    key = event_id
    if path:
        from membership_mock.engine.protocol.event_inputs import part_of

        key = str(part_of(json.loads(text), path) or event_id)
    data = base64.b64encode(text.encode()).decode()
    backend.put_record(arn.text, name, key, None, data)


def _delivery_stream(arn: TargetArn, target: Mapping[str, Any], text: str, event_id: str) -> None:
    del target, event_id
    backend = require_models_of("firehose").firehose_backends[arn.account_id][arn.region]
    name = arn.resource.removeprefix("deliverystream/")
    if name not in backend.delivery_streams:
        raise UndeliverableError("there is no such delivery stream")
    backend.put_record(name, {"Data": base64.b64encode(text.encode())})


_TARGETS: Mapping[str, Callable[[TargetArn, Mapping[str, Any], str, str], None]] = {
    "sqs": _queue,
    "sns": _topic,
    "logs": _log_group,
    "kinesis": _stream,
    "firehose": _delivery_stream,
}

#: the services whose targets moto can serve
SERVED = frozenset(_TARGETS)
