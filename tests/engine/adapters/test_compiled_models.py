"""What is compiled from a model is kept for the clients of that model, and for some models only."""

from __future__ import annotations

from membership_mock.engine.adapters.compiled_models import CompiledModels
from tests.engine.adapters.shape_models import model_of


def shape_of(document: dict[str, object]) -> object:
    return model_of(document).operation_model("Act").input_shape


def test_clients_of_one_document_share_a_compiler_for_each_variant() -> None:
    made: list[object] = []

    def make(variant: object) -> object:
        made.append(variant)
        return object()

    models = CompiledModels(make)
    document = {"Root": {"type": "structure", "members": {}}}
    first = models.of(shape_of(document), "a")
    assert models.of(shape_of(document), "a") is first
    assert models.of(shape_of(document), "b") is not first
    assert models.of(shape_of(dict(document)), "a") is not first
    assert made == ["a", "b", "a"]


def test_the_models_that_came_first_leave_first() -> None:
    models = CompiledModels(lambda _: object())
    documents = [{"Root": {"type": "structure", "members": {}}} for _ in range(65)]
    compilers = [models.of(shape_of(each), None) for each in documents]
    assert models.of(shape_of(documents[-1]), None) is compilers[-1]
    assert models.of(shape_of(documents[1]), None) is compilers[1]
    assert models.of(shape_of(documents[0]), None) is not compilers[0]
