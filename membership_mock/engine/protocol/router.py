"""Find the operation of a method and a path, and read the labels in the path.

Both come from the URI templates of the service model. A path may be percent-encoded, as SDKs send
it, or decoded, as a WSGI server passes it on; then the slashes of an ARN in a label are not
encoded. As on AWS, a trailing slash is significant.
"""

from __future__ import annotations

import re
from functools import cache

from membership_mock.engine.protocol import model

_SEGMENT_RANKS = {"literal": 0, "label": 1, "greedy": 2}
_END_RANK = 3
_CAPTURING = re.compile(r"(?<!\\)\((?!\?)")
#: The longest path in which a label may hold slashes. In a longer one, trying all the ways to
#: divide it would take too long; AWS refuses lines of this length before it reads them (inferred).
LONGEST_WITH_BARE_ARNS = 8192

#: a label that holds an ARN whose slashes are not encoded
_BARE_ARN = r"arn(?::|%3[Aa]).*"


class Template:
    """A URI template: ``/v1/cases/{caseId}/get-case``, ``/insights/{InsightArn+}``.

    Attributes:
        labels: the names of its labels, in their order in the path.
        literal: the path itself, when it has no labels.
        rank: the sort key of templates: literal segments come before labels.
        strict: matches paths in which a label ends at a slash.
        lenient: the same, but a label that begins like an ARN may hold slashes.
    """

    __slots__ = ("labels", "lenient", "literal", "rank", "strict")

    def __init__(self, uri: str) -> None:
        path = uri.partition("?")[0]
        segments = [_segment(text) for text in path.split("/")]
        self.labels = tuple(text for kind, text in segments if kind != "literal")
        self.literal = None if self.labels else path
        self.rank = (*(_SEGMENT_RANKS[kind] for kind, _ in segments), _END_RANK)
        self.strict = re.compile(_expression(segments, "[^/]*"), re.DOTALL)
        self.lenient = re.compile(_expression(segments, f"{_BARE_ARN}|[^/]*"), re.DOTALL)

    def read(self, path: str) -> tuple[str, ...] | None:
        """Return the text of each label in ``path``; None if the path does not match."""
        found = self.strict.fullmatch(path)
        if found is None and len(path) <= LONGEST_WITH_BARE_ARNS:
            found = self.lenient.fullmatch(path)
        return found.groups() if found else None


class Router:
    """Finds the operation of a service by method and path.

    Args:
        service: the service's id, e.g. ``security-ir``.
    """

    def __init__(self, service: str) -> None:
        described = model.service_model(service)
        self._exact: dict[tuple[str, str], str] = {}
        templates: dict[str, list[tuple[Template, str]]] = {}
        for name in described.operation_names:
            http = described.operation_model(name).http
            template = Template(http["requestUri"])
            if template.literal is not None:
                self._exact[http["method"], template.literal] = name
            else:
                templates.setdefault(http["method"], []).append((template, name))
        self._tables = {method: _tables(entries) for method, entries in templates.items()}

    def match(self, method: str, path: str) -> str | None:
        """Return the operation of ``method`` and ``path`` (without the query).

        Returns:
            The operation's name; None when no operation has this path with this method.
        """
        exact = self._exact.get((method, path))
        if exact is not None:
            return exact
        tables = self._tables.get(method, ())
        for expression, names in tables[: 1 if len(path) > LONGEST_WITH_BARE_ARNS else 2]:
            found = expression.fullmatch(path)
            if found:
                # each operation has one capturing group, and exactly one has matched
                return names[(found.lastindex or 1) - 1]
        return None


@cache
def router(service: str) -> Router:
    """Return the router of ``service``, which is built once."""
    return Router(service)


def _segment(text: str) -> tuple[str, str]:
    if text.startswith("{") and text.endswith("+}"):
        return "greedy", text[1:-2]
    if text.startswith("{") and text.endswith("}"):
        return "label", text[1:-1]
    return "literal", text


def _expression(segments: list[tuple[str, str]], label: str) -> str:
    parts = {"label": f"({label})", "greedy": "(.*)"}
    return "/".join(parts.get(kind) or re.escape(text) for kind, text in segments)


def _tables(
    entries: list[tuple[Template, str]],
) -> tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]:
    """Return one expression over all templates, strict and then lenient, and its groups' names."""
    ordered = sorted(entries, key=lambda entry: entry[0].rank)
    names = tuple(name for _, name in ordered)

    def table(matchers: list[re.Pattern[str]]) -> re.Pattern[str]:
        # only the outer groups capture, so lastindex is the number of the operation
        texts = [_CAPTURING.sub("(?:", matcher.pattern) for matcher in matchers]
        return re.compile("|".join(f"({text})" for text in texts), re.DOTALL)

    return (
        (table([template.strict for template, _ in ordered]), names),
        (table([template.lenient for template, _ in ordered]), names),
    )
