"""Accounts that come back unprocessed, while a call works for the others."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from membership_mock.engine.pipeline.caller import account_id
from membership_mock.engine.protocol.model import ListShape, StructureShape, service_model, snake
from membership_mock.errors import UsageError
from membership_mock.services import SERVICES
from membership_mock.testing.faults.effects import Effect, Proceed

if TYPE_CHECKING:
    from membership_mock.engine.pipeline.hooks import InterceptedCall
    from membership_mock.engine.protocol.http import HttpAnswer
    from membership_mock.engine.protocol.model import Shape

#: the reason for a refused account when the test gives none (inferred)
DEFAULT_REASON = "The request could not be processed for this account."
#: the code of its error, for lists with a code (inferred: no value is published)
DEFAULT_CODE = "InternalServerException"
#: makes an account id one that no service processes
_MARK = "refused-"


@dataclass(frozen=True, slots=True)
class AccountLists:
    """Where an operation has its accounts, as its model shows.

    Attributes:
        argument: the argument with the accounts, in snake case.
        key: the field with the account id in its entries; None when the entries are account ids.
        refused: the list of the answer with the accounts that were not processed.
        account: the field with the account id in its entries.
        reason: the field that says why.
        code: the field with the code of an error, if there is one.
    """

    argument: str
    key: str | None
    refused: str
    account: str
    reason: str
    code: str | None


@cache
def account_lists(service: str, operation: str) -> AccountLists | None:
    """Return where an operation has its accounts; None if it does not refuse single accounts."""
    described = service_model(service).operation_model(operation)
    sent = _account_list(described.input_shape)
    for name, entry in _entries(described.output_shape):
        if not isinstance(entry, StructureShape):
            continue
        fields = {field.lower(): field for field in entry.members}
        account = fields.get("accountid")
        code = fields.get("error")
        reason = fields.get("processingresult") or (fields.get("message") if code else None)
        if sent is not None and account is not None and reason is not None:
            return AccountLists(*sent, name, account, reason, code)
    return None


def _account_list(shape: StructureShape | None) -> tuple[str, str | None] | None:
    for name, entry in _entries(shape):
        if isinstance(entry, StructureShape):
            keys = [field for field in entry.members if field.lower() == "accountid"]
            if keys:
                return snake(name), keys[0]
        elif name.lower() == "accountids":
            return snake(name), None
    return None


def _entries(shape: StructureShape | None) -> list[tuple[str, Shape]]:
    members = shape.members if shape else {}
    return [(name, each.member) for name, each in members.items() if isinstance(each, ListShape)]


class RefusedAccounts(Effect):
    """Some accounts come back unprocessed; the others are processed.

    Args:
        targets: service id and name of each operation that it is for.
        accounts: the accounts, 12 digits each.
        reason: the reason that the answer gives.
        code: the code of the error, where the operation has one.

    Raises:
        UsageError: an operation has no such list, or an account is not 12 digits.
    """

    refuses_parts = True

    def __init__(
        self,
        targets: frozenset[tuple[str, str]],
        accounts: Sequence[str],
        reason: str | None,
        code: str | None,
    ) -> None:
        found = {each: account_lists(*each) for each in targets if each[0] in SERVICES}
        self._lists = {target: lists for target, lists in found.items() if lists is not None}
        without = sorted(".".join(target) for target in targets - self._lists.keys())
        if without:
            shown = ", ".join(without[:6]) + (", …" if len(without) > 6 else "")
            raise UsageError(
                f"{shown} cannot refuse single accounts; these operations can:"
                f" {', '.join(_with_account_lists())}."
            )
        if code is not None and any(lists.code is None for lists in self._lists.values()):
            raise UsageError(
                "An entry of UnprocessedAccounts has a text but no code: leave `code` out, and"
                " write it into `reason`."
            )
        given: object = accounts
        if isinstance(given, str) or not isinstance(given, Collection) or not given:
            raise UsageError(f"accounts is a list of account ids, at least one, not {given!r}.")
        for name, text in {"reason": reason, "code": code}.items():
            if text is not None and not isinstance(text, str):
                raise UsageError(f"{name} is text, not {text!r}.")
        self._refused = {_MARK + account_id(each): each for each in accounts}
        self._reason = DEFAULT_REASON if reason is None else reason
        self._code = DEFAULT_CODE if code is None else code
        self.words = f"refuses {', '.join(accounts)}"

    def goes_with(self, other: Effect) -> bool:
        """Return true for other refusals too: they are about other accounts of the same call."""
        return other.refuses_parts or super().goes_with(other)

    def concerns(self, call: InterceptedCall) -> bool:
        """Return whether the call names one of the accounts."""
        lists = self._lists[call.context.service, call.context.operation]
        entries = call.arguments.get(lists.argument, ())
        named = {entry[lists.key] if lists.key else entry for entry in entries}
        return not named.isdisjoint(self._refused.values())

    def apply(self, call: InterceptedCall, proceed: Proceed) -> HttpAnswer:
        """Give the service ids that it cannot process, and put the real ones into its answer.

        So the service makes its other checks first, and answers in its own order.
        """
        lists = self._lists[call.context.service, call.context.operation]
        sent = call.arguments[lists.argument]
        # Accounts that another fault has marked already are left to that fault.
        named = {entry[lists.key] if lists.key else entry for entry in sent}
        marks = {account: mark for mark, account in self._refused.items() if account in named}
        call.arguments[lists.argument] = [_marked(entry, lists.key, marks) for entry in sent]
        answer = proceed()
        document = json.loads(answer.body)
        refused: dict[object, dict[str, str]] = {}
        for account, mark in marks.items():
            refused[mark] = {lists.account: account, lists.reason: self._reason}
            if lists.code:
                refused[mark][lists.code] = self._code
        unprocessed = document.get(lists.refused, [])
        for name, entries in document.items():
            if name != lists.refused and isinstance(entries, list):
                # The service has accepted the id: replace its result by the refusal.
                unprocessed += [entry for entry in entries if entry.get(lists.account) in refused]
                document[name] = [each for each in entries if each not in unprocessed]
        document[lists.refused] = [
            refused.get(entry[lists.account], entry) for entry in unprocessed
        ]
        body = json.dumps(document, separators=(",", ":")).encode()
        return type(answer)(answer.status, answer.headers, body, answer.delay)


def _marked(entry: Any, key: str | None, marks: dict[str, str]) -> Any:
    if key is None:
        return marks.get(entry, entry)
    return {**entry, key: marks.get(entry[key], entry[key])}


def _with_account_lists() -> list[str]:
    return [
        f"{service}.{operation}"
        for service, backend in SERVICES.items()
        for operation in sorted(backend.handlers)
        if account_lists(service, operation) is not None
    ]
