"""The errors that a service answers when the engine refuses a request.

The engine finds *that* a request breaks a constraint; the service has AWS's error for it.
Each service subclasses `Refusals` in its ``errors.py``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import field
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.errors import ServiceError

if TYPE_CHECKING:
    from typing_extensions import Self


@dataclass(frozen=True, slots=True)
class Violation:
    """One constraint of the model that a request breaks.

    Attributes:
        path: field names and list positions from the input shape down to the value.
        kind: the kind of constraint.
        constraint: the constraint in AWS's words, e.g. ``Member must have length between 3 and 50,
            inclusive``.
        value: the value that was sent; None for a missing value.
        length: the length of the value, for constraints on length or size.
        sensitive: whether the model marks the value as sensitive, so that no text repeats it.
        bounds: the least and the greatest number or length that the constraint allows; None for
            constraints of other kinds.
    """

    path: tuple[str | int, ...]
    kind: Literal["required", "length", "range", "pattern", "enum", "unique"]
    constraint: str
    value: Any = None
    length: int | None = None
    sensitive: bool = False
    bounds: tuple[float, float] | None = field(default=None, compare=False)

    def sentence(self) -> str:
        """Return the violation in the words of services made with Smithy."""
        path = "/" + "/".join(str(part) for part in self.path)
        length = f" with length {self.length}" if self.length is not None else ""
        return f"Value{length} at '{path}' failed to satisfy constraint: {self.constraint}"


class FieldListError(ServiceError):
    """A refusal with a reason and a list of fields, as services made with Smithy answer it.

    Args:
        message: the text for the caller.
        reason: a value of the service's enum ValidationExceptionReason.
        field: the refused field; None if the refusal names no field.
        fields: all refused fields with a message each, if there are several.
    """

    #: the reason for a broken business rule
    rule: ClassVar[str]

    def __init__(
        self,
        message: str,
        reason: str | None = None,
        field: str | None = None,
        fields: Sequence[tuple[str, str]] = (),
    ) -> None:
        named = [*fields, *([(field, message)] if field else [])]
        super().__init__(
            message,
            reason=reason or self.rule,
            field_list=[{"name": name, "message": text} for name, text in named] or None,
        )

    @classmethod
    def of(cls, violations: Sequence[Violation], separator: str) -> Self:
        """Return the error that lists each violated field once per violation.

        Args:
            violations: the broken constraints, one or more.
            separator: the text between the number of errors and the first of them.
        """
        texts = [(str(found.path[0]), found.sentence()) for found in violations]
        count = f"{len(texts)} validation error{'s' if len(texts) > 1 else ''} detected{separator} "
        message = count + "; ".join(text for _, text in texts)
        return cls(message, "FIELD_VALIDATION_FAILED", fields=texts)


class RequestEntityTooLargeException(ServiceError):
    """The body is too large for the service (a common error of all services, not modelled)."""

    status = 413


class UnrecognizedClientException(ServiceError):
    """The access key is not known (a common error of all services, not modelled)."""

    status = 403


class InvalidSignatureException(ServiceError):
    """The request was signed with another secret (a common error of all services, not modelled)."""

    status = 403


class Refusals(ABC):
    """What a service answers when the engine refuses a request."""

    #: the largest body, in bytes, that the service takes; API Gateway's limit by default
    body_limit: int = 10 * 1024 * 1024

    def for_operation(self, declared: AbstractSet[str]) -> Refusals:
        """Return the refusals of one operation, for a service whose operations differ in them.

        Args:
            declared: the codes of the errors that the operation declares.
        """
        del declared
        return self

    @abstractmethod
    def invalid(self, violations: Sequence[Violation]) -> ServiceError:
        """Return the error for a request that breaks constraints of the model (one or more)."""

    @abstractmethod
    def unparsable(self, detail: str) -> ServiceError:
        """Return the error for a body that is not JSON, or has a value of the wrong JSON type."""

    @abstractmethod
    def unknown_operation(self, method: str, path: str) -> ServiceError:
        """Return the error for a method and path that match no operation of the service."""

    def too_large(self) -> ServiceError:
        """Return the error for a body over ``body_limit``."""
        return RequestEntityTooLargeException("Request size exceeded the maximum that is allowed.")

    @abstractmethod
    def bad_page_token(self, field: str) -> ServiceError:
        """Return the error for a page token that is broken, or belongs to another list."""

    @abstractmethod
    def token_reused(self, field: str, resource_id: str) -> ServiceError:
        """Return the error for an idempotency token that is used again with another input."""

    @abstractmethod
    def access_denied(self, message: str) -> ServiceError:
        """Return the error for a caller whose IAM policies do not allow the operation."""
