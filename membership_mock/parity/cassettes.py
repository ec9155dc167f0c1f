"""Cassettes of vcrpy, read by vcrpy itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from membership_mock.errors import UsageError
from membership_mock.parity.http_calls import HttpExchange
from membership_mock.parity.recorded_call import RecordedCall, Recording


def read_cassette(path: Path, accounts: Mapping[str, str]) -> Recording:
    """Return the calls to mocked services in a cassette of vcrpy, YAML or JSON.

    Args:
        path: the cassette; its ending says which form it has.
        accounts: the 12 digits of accounts by the access key ids that they sign with.

    Raises:
        UsageError: vcrpy is not installed, the cassette or an entry is malformed, or it has calls
            by several keys whose accounts are not known.
    """
    try:
        from vcr.filters import decode_response
        from vcr.persisters.filesystem import FilesystemPersister
        from vcr.serializers import jsonserializer, yamlserializer
    except ImportError as error:
        raise UsageError(
            f"{path}: reading a cassette of vcrpy needs the extra `parity`:"
            " pip install 'membership-mock[parity]'"
        ) from error
    serializer = jsonserializer if path.suffix == ".json" else yamlserializer
    try:
        requests, responses, *_ = FilesystemPersister.load_cassette(path, serializer)
    except Exception as error:
        text = str(error) or type(error).__name__
        raise UsageError(f"{path}: this is not a cassette that vcrpy can read: {text}") from error
    exchanges = []
    for number, (request, response) in enumerate(zip(requests, responses, strict=False), 1):
        place = f"{path}, interaction {number}"
        try:
            exchanges.append(_exchange(place, request, decode_response(response)))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise UsageError(
                f"{place}: the interaction is malformed: {type(error).__name__}: {error}"
            ) from error
    calls, skipped = _calls(path, exchanges, accounts)
    return Recording(name=str(path), calls=calls, skipped=skipped)


def _exchange(place: str, request: Any, response: Mapping[str, Any]) -> HttpExchange:
    body = request.body
    body = body.read() if hasattr(body, "read") else body
    answered = response["body"]["string"]
    return HttpExchange(
        place=place,
        method=request.method.upper(),
        url=request.uri,
        headers=_last_values(request.headers),
        body=b"" if body is None else bytes(body),
        status=int(response["status"]["code"]),
        answer_headers=_last_values(response["headers"]),
        answer_body=answered.encode() if isinstance(answered, str) else answered or b"",
    )


def _last_values(headers: Mapping[str, Any]) -> dict[str, str]:
    """Return headers with one text each; vcrpy keeps a list of values."""
    found = {}
    for name, value in headers.items():
        last = value[-1] if isinstance(value, (list, tuple)) and value else value
        found[str(name)] = last.decode("latin-1") if isinstance(last, bytes) else str(last)
    return found


def _calls(
    path: Path, exchanges: list[HttpExchange], accounts: Mapping[str, str]
) -> tuple[list[RecordedCall], Mapping[str, int]]:
    ours = [each for each in exchanges if each.service is not None]
    known = {each.access_key: _account(each.access_key, accounts) for each in ours}
    unknown = sorted(str(key) for key, account in known.items() if account is None)
    if len(known) > 1 and unknown:
        raise UsageError(
            f"{path}: the calls are signed with several access key ids, and the accounts of"
            f" {', '.join(unknown)} are not known. Say them with accounts={{'AKIA…':"
            " '111122223333'}, or --account-of AKIA…=111122223333 on the command line."
        )
    calls = []
    skipped: Counter[str] = Counter()
    for each in exchanges:
        try:
            found = each.call(known.get(each.access_key))
        except ValueError as error:
            raise UsageError(f"{each.place}: the interaction is malformed: {error}") from error
        if isinstance(found, str):
            skipped[found] += 1
        else:
            calls.append(found)
    return calls, skipped


def _account(key: str | None, accounts: Mapping[str, str]) -> str | None:
    if key is None:
        return None
    if key in accounts:
        return accounts[key]
    return key if len(key) == 12 and key.isdigit() else None
