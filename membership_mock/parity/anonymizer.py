"""Replace private data in recorded calls, equal data always by the same text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from membership_mock.engine.protocol.model import (
    OperationModel,
    Shape,
    idempotency_token,
    service_model,
)
from membership_mock.parity.identities import FORMS
from membership_mock.parity.values import instant

#: what stands in a recording for a secret, which is not written
SECRET = "<secret>"  # noqa: S105  it stands for one

_SECRET_NAME = re.compile(
    r"secret(?!.*arn)|password|passphrase|credential|session_?token|access_?key|private_?key"
    r"|authorization|auth_?code|api_?key",
    re.IGNORECASE,
)
_SECRET_TEXT = re.compile(
    r"[?&](?:X-Amz-)?(?:Signature|Security-Token|Credential)=|\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY",
    re.IGNORECASE,
)
#: maps whose keys are words of the caller's
_PRIVATE_KEYS = {"Details", "UserDefinedFields", "tags", "Tags"}
#: members that hold a word of AWS's vocabulary, where the model does not list the words
_PUBLIC_NAME = re.compile(
    r"(?:Status|State|Types?|Version|Comparison|Mode|Unit|Format|Method|Code|Severity|Features?"
    r"|Abilities|Regions?|Attributes?|Field|Order|Label|Generator|Engine|Criticality|PartitionType"
    r"|^featureName)$"
)
#: texts of AWS's own: controls, types of resources, standards, dates, numbers, its products
_PUBLIC_TEXT = re.compile(
    r"(?:[A-Za-z0-9]+\.)?[A-Z][A-Za-z0-9]*\.\d+(?:\.\d+)*|Aws[A-Z]\w+|AWS::[\w:]*|Other"
    r"|(?:standards|ruleset|security-control)/[\w./-]+|\d{4}-\d\d-\d\d|[\d.,%-]+|true|false|\*"
    r"|Default|Personal|AWS|Amazon|Security Hub|GuardDuty|Inspector|Macie|Health|Config"
    r"|IAM Access Analyzer|Firewall Manager"
)
#: operations whose answers describe what AWS has made, and not the caller
_PUBLIC_OPERATION = re.compile(
    r"^(?:Describe(?:Products|Standards)\w*|\w*SecurityControlDefinitions?"
    r"|(?:BatchGet|List)StandardsControlAssociations|BatchGetSecurityControls)$"
)
_REGION = re.compile(r"[a-z]{2,}(?:-[a-z]+)+-\d")
_PUBLIC_URL = re.compile(r"https?://(?:[\w-]+\.)*(?:aws\.amazon\.com|amazonaws\.com)/[^?]*")
#: a public product, whose ARN may hold the account of the company that made it
_PUBLIC_PRODUCT = re.compile(
    r"arn:[\w-]+:securityhub:[\w-]*:(\d{12}|):product/(?!\1/)[\w-]+/[\w.-]+"
)

# the look-behind lets each run of characters be tried once: long texts would take for ever
_EMAIL = re.compile(r"(?<![A-Za-z0-9._%+'-])[A-Za-z0-9._%+'-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_FOREIGN_ARN = re.compile(
    r"arn:[\w-]+:(?!securityhub:|cleanrooms:|security-ir:)[\w-]+:[\w-]*:\d{0,12}:"
    r"(?:[\w-]+[/:])?(?P<name>[^\s\"',]+)"
)
_URL = re.compile(r"https?://[^\s\"'<>]+")
_ADDRESS = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])")
_ACCOUNT = re.compile(r"(?<![0-9A-Za-z])\d{12}(?![0-9A-Za-z])")
_ID = re.compile(
    r"(?<![0-9A-Za-z-])(?:"
    + "|".join(f"(?P<{name}>{form})" for name, form in FORMS.items())
    + r"|(?P<resource>[a-z]{1,8}-[0-9a-f]{8,17}))(?![0-9A-Za-z-])"
)
#: the shortest text that is replaced inside of other texts as well
_SHORTEST_PART = 4

#: how a replacement looks, by kind; it has the form that the service model asks for
_LOOKS: Mapping[str, Callable[[int, str], str]] = {
    "account": lambda n, _: str(n) * 12 if n < 10 else str(10**11 + n),
    "e-mail address": lambda n, _: f"person{n}@example.com",
    "name": lambda n, _: f"name-{n}",
    "text": lambda n, _: f"text-{n}",
    "id": lambda n, _: f"id{n}",
    "token": lambda n, _: f"token-{n}",
    "URL": lambda n, _: f"https://example.com/{n}",
    "IP address": lambda n, _: f"192.0.2.{n % 255}",
    "uuid": lambda n, _: f"00000000-0000-4000-8000-{n:012x}",
    "hash": lambda n, old: f"{n:0{len(old)}x}",
    "number": lambda n, old: f"9{n:0{len(old) - 1}d}",
    "unit": lambda n, _: f"ou-0000-{n:08d}",
}


class Anonymizer:
    """Learns from calls what is private, and replaces it everywhere.

    A text is private unless it is known to be AWS's own: a value that the model lists, a type, a
    status, a control, a region, the description of a standard.

    First `learn` from every call, then `applied`: a name that an answer has shown is replaced in
    an ARN of an earlier call too.

    Args:
        public: the names of further members whose texts are kept as they are.
    """

    def __init__(self, public: frozenset[str] = frozenset()) -> None:
        self.replaced: dict[str, str] = {}
        self.kinds: dict[str, str] = {}
        self._public = public
        self._numbers: Counter[str] = Counter()
        self._parts: re.Pattern[str] | None = None

    def learn(
        self,
        value: Any,
        shape: Shape | None,
        operation: OperationModel | None,
        *,
        is_error: bool = False,
    ) -> None:
        """Note what is private in the parameters, the answer or the error of a call.

        Args:
            value: the parameters, the answer or the error, in plain JSON values.
            shape: their shape; None when the model does not know it.
            operation: what was called; None when the model does not know it.
            is_error: whether the texts are the service's own, which only quote what is private.
        """
        token = idempotency_token(operation) if operation is not None else None
        words = _words(operation.service_model.service_name) if operation else frozenset()
        described = operation is not None and bool(_PUBLIC_OPERATION.match(operation.name))
        for place in _texts("", value, shape, private=False):
            text = place.text
            if not text or place.is_enum or instant(text) is not None or _REGION.fullmatch(text):
                continue
            if place.is_secret:
                self._replace(text, "secret", SECRET)
            elif token is not None and place.name == token:
                self._replace(text, "uuid")
            elif place.name.lower().endswith("nexttoken"):
                self._replace(text, "token")
            else:
                rest = self._learn_parts(text)
                has_more = bool(rest.strip(" :/-.,@*"))  # than parts with a form of their own
                own = is_error or described or self._is_public(place, words)
                if has_more and not own:
                    self._replace(text, _kind(place.name))

    def _is_public(self, place: _Text, words: frozenset[str]) -> bool:
        text = place.text
        if place.name in self._public:
            return True
        if place.is_private:
            return text.startswith("aws:")
        return (
            text in words
            or text.startswith(("arn:", "aws:", "aws/"))
            or bool(_PUBLIC_NAME.search(place.name))
            or bool(_PUBLIC_TEXT.fullmatch(text))
        )

    def _learn_parts(self, text: str) -> str:
        """Note the private parts of a text by their forms; return the text without them."""
        kept = _PUBLIC_PRODUCT.sub("", text)
        for kind, form in (("e-mail address", _EMAIL), ("URL", _URL), ("IP address", _ADDRESS)):
            for found in form.finditer(kept):
                if kind != "URL" or not _PUBLIC_URL.fullmatch(found.group()):
                    self._replace(found.group(), kind)
            kept = form.sub("", kept)
        # ids first: the end of a UUID may be twelve digits
        for found in _ID.finditer(kept):
            self._replace(found.group(), found.lastgroup or "uuid")
        kept = _ID.sub("", kept)
        for found in _ACCOUNT.finditer(kept):
            self._replace(found.group(), "account")
        for found in _FOREIGN_ARN.finditer(kept):
            if not found["name"].endswith(("/", ":")):  # else it was an id
                self._replace(found["name"], "name")
        return _ACCOUNT.sub("", _FOREIGN_ARN.sub("", kept))

    def _replace(self, text: str, kind: str, new: str | None = None) -> None:
        if text in self.replaced:
            return
        if new is None:
            self._numbers[kind] += 1
            look = _LOOKS.get(kind, _prefixed)
            new = look(self._numbers[kind], text)
        self.replaced[text] = new
        self.kinds[text] = kind
        self._parts = None

    def account(self, account: str) -> str:
        """Return what stands for an account."""
        self._replace(account, "account")
        return self.replaced[account]

    def applied(self, value: Any, shape: Shape | None) -> Any:
        """Return a plain value with everything replaced, but for enums and names of members."""
        if isinstance(value, str):
            return value if shape is not None and _enum(shape) else self.text(value)
        kind = shape.type_name if shape is not None else None
        if isinstance(value, Mapping):
            if kind == "structure":
                return {
                    name: self.applied(each, shape.members.get(name))  # type: ignore[union-attr]
                    for name, each in value.items()
                }
            inner = shape.value if kind == "map" else None  # type: ignore[union-attr]
            change = self.text if kind == "map" else str
            return {change(name): self.applied(each, inner) for name, each in value.items()}
        if isinstance(value, list):
            member = shape.member if kind == "list" else None  # type: ignore[union-attr]
            return [self.applied(each, member) for each in value]
        return value

    def text(self, text: str) -> str:
        """Return a text in which everything private is replaced."""
        if text in self.replaced:
            return self.replaced[text]
        if _SECRET_TEXT.search(text):
            return SECRET
        if self._parts is None:
            long = [each for each in self.replaced if len(each) >= _SHORTEST_PART]
            parts = "|".join(re.escape(each) for each in sorted(long, key=len, reverse=True))
            self._parts = re.compile(rf"(?<![0-9A-Za-z])(?:{parts or '(?!)'})(?![0-9A-Za-z])")
        parts_pattern, keep = self._parts, _PUBLIC_PRODUCT.fullmatch(text)
        if keep is not None:
            return text
        return parts_pattern.sub(lambda found: self.replaced[found.group()], text)

    def counts(self) -> Mapping[str, int]:
        """Return how many texts were replaced, by kind."""
        return dict(Counter(self.kinds.values()))


class _Text:
    """A text somewhere in a value.

    Attributes:
        name: the member that it is, or that the list or map which holds it is.
        text: the text.
        is_enum: whether the service model lists the values there may be.
        is_private: whether the model marks it as sensitive, or something around it is private.
        is_secret: whether it is a secret, which must not be written.
    """

    __slots__ = ("is_enum", "is_private", "is_secret", "name", "text")

    def __init__(self, name: str, text: str, shape: Shape | None, *, private: bool) -> None:
        self.name = name
        self.text = text
        self.is_enum = shape is not None and bool(_enum(shape))
        self.is_private = private or _is_sensitive(shape)
        self.is_secret = not self.is_enum and bool(
            _SECRET_NAME.search(name) or _SECRET_TEXT.search(text)
        )


def _texts(name: str, value: Any, shape: Shape | None, *, private: bool) -> Iterator[_Text]:
    private = private or name in _PRIVATE_KEYS or _is_sensitive(shape)
    kind = shape.type_name if shape is not None else None
    if isinstance(value, str):
        yield _Text(name, value, shape, private=private)
    elif isinstance(value, Mapping):
        for key, each in value.items():
            if kind == "structure":
                inner = shape.members.get(key)  # type: ignore[union-attr]
            else:
                inner = shape.value if kind == "map" else None  # type: ignore[union-attr]
            if kind == "map" and private:
                yield _Text("", key, None, private=True)
            yield from _texts(key, each, inner, private=private)
    elif isinstance(value, list):
        member = shape.member if kind == "list" else None  # type: ignore[union-attr]
        for each in value:
            yield from _texts(name, each, member, private=private)


def _kind(name: str) -> str:
    """Return the kind of the replacement for the text of a member."""
    if name.lower().endswith("name"):
        return "name"
    return "id" if name.endswith(("Id", "Ids", "id")) else "text"


@cache
def _words(service: str) -> frozenset[str]:
    """Return the values that the model of a service lists, in whatever shape."""
    model = service_model(service)
    return frozenset(
        word for name in model.shape_names for word in (_enum(model.shape_for(name)) or ())
    )


def _enum(shape: Shape) -> Any:
    return getattr(shape, "enum", None)


def _is_sensitive(shape: Shape | None) -> bool:
    return shape is not None and bool(shape.metadata.get("sensitive"))


def _prefixed(number: int, old: str) -> str:
    """Return an id with the prefix and the length of another, e.g. ``m-000000000001``."""
    prefix, dash, rest = old.partition("-")
    return f"{prefix}{dash}{number:0{len(rest)}d}"
