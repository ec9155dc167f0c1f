"""Long texts, which take linear time to read: in quadratic time these tests would take hours."""

from __future__ import annotations

import pytest

from membership_mock.engine.moto.cloudformation import templates
from membership_mock.parity import anonymizer


def test_unclosed_names_in_a_substitution_of_cloudformation() -> None:
    assert list(templates.references({"Fn::Sub": "${" * 250_000})) == []
    assert list(templates.references({"Fn::Sub": "${Hub} ${!Hub} ${Hub.Arn}"})) == [
        ("Hub", ""),
        ("Hub", "Arn"),
    ]


@pytest.mark.parametrize("text", ["a" * 500_000, "a." * 250_000, "a@" * 250_000])
def test_texts_without_an_address_in_a_recording(text: str) -> None:
    assert anonymizer._EMAIL.findall(text) == []
    assert anonymizer._EMAIL.findall("mail (ana+x@acme.example), bo@b.example") == [
        "ana+x@acme.example",
        "bo@b.example",
    ]
