"""Record real calls in the plain form, without names and secrets."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from botocore.client import BaseClient
from botocore.exceptions import BotoCoreError, ClientError

from membership_mock.engine import running
from membership_mock.engine.adapters.hosts import is_aws
from membership_mock.engine.protocol.model import OperationModel, service_model, service_names
from membership_mock.errors import UsageError
from membership_mock.parity.anonymizer import Anonymizer
from membership_mock.parity.plain_form import entry_of, written
from membership_mock.parity.recorded_call import RecordedCall, RecordedError, Recording
from membership_mock.parity.values import plain
from membership_mock.services import SERVICES
from membership_mock.testing.names import nearest_to

#: how many replacements of a kind the preview shows
_SHOWN = 20


class Recorder:
    """Calls that were recorded, and have not been written yet.

    Args:
        path: where `keep` writes.
        services: the ids of the services whose calls are recorded.
        public: the names of members whose texts are kept.
    """

    def __init__(self, path: Path, services: frozenset[str], public: frozenset[str]) -> None:
        self.path = path
        self._public = public
        self._services = services
        self._calls: list[RecordedCall] = []
        self._accounts: dict[str, str | None] = {}
        self._lock = threading.Lock()
        self._asking = threading.local()

    def __len__(self) -> int:
        return len(self._calls)

    @property
    def recording(self) -> Recording:
        """The recording as it would be written."""
        anonymizer, calls = self._anonymized()
        del anonymizer
        return Recording(name=str(self.path), calls=calls)

    def preview(self) -> str:
        """Return a text to read before anything is written.

        It shows what is replaced by what, and then the lines of the file. What is replaced is
        shown as it is, so the text itself should not be kept.
        """
        anonymizer, calls = self._anonymized()
        lines = [f"{len(calls)} calls would be written to {self.path}."]
        unknown = sum(call.account is None for call in calls)
        if unknown:
            lines.append(f"The account of {unknown} of them is not known: STS did not tell it.")
        for kind, count in sorted(anonymizer.counts().items()):
            lines.append(f"{count} x {kind}")
            if kind == "secret":
                lines.append("    not shown and not written")
                continue
            shown = [text for text, its in anonymizer.kinds.items() if its == kind]
            lines += [f"    {text!r} -> {anonymizer.replaced[text]!r}" for text in shown[:_SHOWN]]
            if len(shown) > _SHOWN:
                lines.append(f"    … and {len(shown) - _SHOWN} more")
        lines.append("The file:")
        lines += written(Recording(name=str(self.path), calls=calls)).splitlines()
        return "\n".join(lines)

    def keep(self) -> Path:
        """Write the recording, and return its path.

        Raises:
            UsageError: the file exists, or cannot be written.
        """
        try:
            with self.path.open("x", encoding="utf-8") as file:
                file.write(written(self.recording))
        except FileExistsError as error:
            raise _exists(self.path) from error
        except OSError as error:
            raise UsageError(f"{self.path}: the recording cannot be written: {error}") from error
        return self.path

    def _anonymized(self) -> tuple[Anonymizer, list[RecordedCall]]:
        with self._lock:
            calls = list(self._calls)
        anonymizer = Anonymizer(self._public)
        for call in calls:  # accounts first, so that their numbers follow the order of the calls
            if call.account is not None:
                anonymizer.account(call.account)
        for call in calls:
            operation = _operation(call)
            shapes = _shapes(operation)
            anonymizer.learn(call.parameters, shapes[0], operation)
            if call.answer is not None:
                anonymizer.learn(call.answer, shapes[1], operation)
            if call.error is not None:
                told = {"message": call.error.message or "", **call.error.members}
                anonymizer.learn(told, None, operation, is_error=True)
        return anonymizer, [_replaced(call, anonymizer) for call in calls]

    def _record(self, client: Any, operation: str, parameters: Any, outcome: Any) -> None:
        service = client.meta.service_model.service_name
        if service not in self._services or getattr(self._asking, "on", False):
            return
        answer, error, status = None, None, None
        if isinstance(outcome, ClientError):
            members = dict(outcome.response)
            told, meta = members.pop("Error", {}), members.pop("ResponseMetadata", {})
            members = {
                name: each for name, each in members.items() if name.lower() not in _REPEATED
            }
            code = str(told.get("Code") or "Unknown")
            error = RecordedError(code, told.get("Message"), None, plain(members))
            status = meta.get("HTTPStatusCode")
        else:
            answer = plain({name: outcome[name] for name in outcome if name != "ResponseMetadata"})
            status = outcome.get("ResponseMetadata", {}).get("HTTPStatusCode")
        call = RecordedCall(
            place="",
            service=service,
            operation=operation,
            account=self._account_of(client),
            region=client.meta.region_name,
            parameters=plain(parameters or {}),
            answer=answer,
            error=error,
            status=status,
        )
        with self._lock:
            self._calls.append(call)

    def _account_of(self, client: Any) -> str | None:
        """Return the account of a client's credentials; STS is asked once for each key."""
        credentials = client._request_signer._credentials
        if credentials is None:
            return None
        frozen = credentials.get_frozen_credentials()
        key = str(frozen.access_key)
        if len(key) == 12 and key.isdigit():
            return key
        if key in self._accounts and not running.is_running():  # a mock may change the account
            return self._accounts[key]
        import boto3

        url = client.meta.endpoint_url
        self._asking.on = True
        try:
            found = boto3.client(
                "sts",
                region_name=client.meta.region_name,
                endpoint_url=None if is_aws(url) else url,
                aws_access_key_id=frozen.access_key,
                aws_secret_access_key=frozen.secret_key,
                aws_session_token=frozen.token,
            ).get_caller_identity()["Account"]
        except (ClientError, BotoCoreError, UsageError):
            found = None
        finally:
            self._asking.on = False
        self._accounts[key] = None if found is None else str(found)
        return self._accounts[key]


#: members that botocore repeats beside the error itself
_REPEATED = {"message", "code", "type", "__type"}


@contextmanager
def record(
    path: str | Path,
    *,
    services: Iterable[str] = tuple(SERVICES),
    public: Iterable[str] = (),
    keep: bool | Callable[[str], bool] | None = None,
) -> Iterator[Recorder]:
    """Record the calls of all boto3 clients in the block, as a recording in the plain form.

    Account ids, names, e-mail addresses, ids, ARNs and every other text that is not AWS's own are
    replaced, always by the same text.
    Credentials, presigned URLs and other secrets are not written at all. Nothing is written before
    the preview was agreed to.

    Args:
        path: the file to write, which must not exist.
        services: the ids of the services whose calls are recorded.
        public: names of members whose texts are kept as they are, e.g. ``queryString``: those that
            a replacement would make useless, and that hold nothing private.
        keep: what decides at the end whether the recording is kept: True or False, or a function of
            the preview. By default the preview is printed to standard error and the terminal is
            asked; without a terminal nothing is kept, unless `Recorder.keep` is called.

    Yields:
        The recorder: ``preview()``, ``keep()``, ``recording``.

    Raises:
        UsageError: the file exists, or botocore has no such service.
    """
    wanted = frozenset([services] if isinstance(services, str) else services)
    for service in wanted - service_names():
        near = nearest_to(service, service_names())
        raise UsageError(f"services: botocore has no service {service!r}{near}")
    if Path(path).exists():
        raise _exists(Path(path))
    recorder = Recorder(Path(path), wanted, frozenset(public))
    with _recorders_lock:
        _recorders.append(recorder)
        if len(_recorders) == 1:
            _listen()
    try:
        yield recorder
    finally:
        with _recorders_lock:
            _recorders.remove(recorder)
            if not _recorders:
                _stop_listening()
        if keep is None:
            keep = _asked_for(recorder.path)
        if keep if isinstance(keep, bool) else keep(recorder.preview()):
            recorder.keep()


_recorders: list[Recorder] = []
_recorders_lock = threading.Lock()
_replaced_method: list[Any] = []


def _listen() -> None:
    """Let every client tell the recorders about its calls.

    botocore's events reach only clients that are made afterwards, so the method is replaced.
    """
    original = BaseClient._make_api_call

    def make_api_call(self: Any, operation_name: str, api_params: Any) -> Any:
        try:
            outcome = original(self, operation_name, api_params)
        except ClientError as error:
            for recorder in _recorders:
                recorder._record(self, operation_name, api_params, error)
            raise
        for recorder in _recorders:
            recorder._record(self, operation_name, api_params, outcome)
        return outcome

    _replaced_method.append(original)
    BaseClient._make_api_call = make_api_call


def _stop_listening() -> None:
    BaseClient._make_api_call = _replaced_method.pop()


def _asked_for(path: Path) -> Callable[[str], bool]:
    def ask(preview: str) -> bool:
        sys.stderr.write(f"{preview}\n")
        if not sys.stdin.isatty():
            sys.stderr.write(
                "Nothing was kept, since there is no terminal to ask. Call keep() of the recorder,"
                " or pass keep=True.\n"
            )
            return False
        sys.stderr.write(f"Keep this in {path}? [y/N] ")
        sys.stderr.flush()
        return sys.stdin.readline().strip().lower() in {"y", "yes"}

    return ask


def _exists(path: Path) -> UsageError:
    return UsageError(f"{path}: the file exists. Name another one, or remove it first.")


def _operation(call: RecordedCall) -> OperationModel | None:
    model = service_model(call.service)
    if call.operation not in model.operation_names:
        return None
    return model.operation_model(call.operation)


def _shapes(operation: OperationModel | None) -> tuple[Any, Any]:
    return (operation.input_shape, operation.output_shape) if operation else (None, None)


def _replaced(call: RecordedCall, anonymizer: Anonymizer) -> RecordedCall:
    sent, answered = _shapes(_operation(call))
    error = call.error
    if error is not None:
        members: Mapping[str, Any] = anonymizer.applied(error.members, None)
        message = anonymizer.text(error.message) if error.message is not None else None
        error = RecordedError(error.code, message, None, members)
    replaced = RecordedCall(
        place="",
        service=call.service,
        operation=call.operation,
        account=anonymizer.account(call.account) if call.account is not None else None,
        region=call.region,
        parameters=anonymizer.applied(call.parameters, sent),
        answer=anonymizer.applied(call.answer, answered) if call.answer is not None else None,
        error=error,
        status=call.status,
    )
    json.dumps(entry_of(replaced))  # what cannot be written fails here, and not half-way
    return replaced
