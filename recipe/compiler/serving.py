"""The serving model: raw columns in, probabilities and numbers out, stock Keras classes only."""

from collections.abc import Mapping, Sequence
from typing import Any

import keras

from recipe.compiler.columns import encoder_of
from recipe.program.facts import Column, Facts, InputFact
from recipe.program.objectives import ends_in_logits
from recipe.program.programs import Program

ENCODED, PROBABILITIES = "encoded", "probabilities"


def build_serving(program: Program, network: Any) -> Any:
    """A model that a program which never heard of recipe can load and call.

    Images and other arrays: stored values `(batch, *shape)` as they lie in the source. Tables: a dictionary
    with one array `(batch,)` or `(batch, 1)` per column: numbers, NaN where missing, and text for categories
    and for flags that are words, empty where missing. A `/` in the name of a column becomes `_`.

    Args:
        program: with facts.
        network: the trained network on encoded arrays.

    Returns:
        A `keras.Model` whose output is `(batch, classes)` probabilities, `(batch, 1)` of a flag, or numbers.
    """
    facts = program.facts
    if facts is None:
        raise ValueError("a Program with facts is expected")
    name, fact = next(iter(facts.inputs.items()))
    is_array = len(facts.columns) == 1 and "missing" not in facts.columns[0].statistics
    inputs, encoded = _array(name, fact) if is_array else _table(facts, network.name)
    # The same layers without what `compile` added: a schedule of ours could not be loaded without recipe.
    bare = keras.Model(network.input, network.output, name=network.name)
    model = keras.Model(inputs, _probabilities(program, bare(encoded)), name="serving")
    _name_operations(model)
    return model


def _array(name: str, fact: InputFact) -> tuple[Any, Any]:
    raw = keras.Input(fact.shape, name=name, dtype="float32")
    if fact.scale == 1.0:
        return raw, raw
    return raw, keras.layers.Rescaling(fact.scale, name=ENCODED)(raw)


def _table(facts: Facts, network: str) -> tuple[Mapping[str, Any], Any]:
    inputs: dict[str, Any] = {}
    parts = []
    names = _input_names(facts.columns, (network, ENCODED, PROBABILITIES))
    for position, (name, column) in enumerate(zip(names, facts.columns, strict=True)):
        encoder = encoder_of(column)
        inputs[name] = keras.Input((1,), name=name, dtype=encoder.dtype)
        parts.append(encoder.encode(column, inputs[name], f"column_{position}"))
    return inputs, keras.layers.Concatenate(dtype="float32", name=ENCODED)(parts)


def _input_names(columns: Sequence[Column], taken: Sequence[str]) -> tuple[str, ...]:
    """A name for each column that Keras allows and no other layer has: mostly the column's own."""
    names: list[str] = []
    for column in columns:
        name = column.name.replace("/", "_")
        while name in (*taken, *names):
            name += "_"
        names.append(name)
    return tuple(names)


def _name_operations(model: Any) -> None:
    """Name by position what Keras names by a counter of the process, so that the file is always the same."""
    operations = [item for item in model.operations if not isinstance(item, keras.layers.Layer)]
    for position, operation in enumerate(operations):
        operation.name = f"filled_{position}"


def _probabilities(program: Program, output: Any) -> Any:
    target = program.facts.targets[0] if program.facts else None
    if target is None or target.kind == "number" or not ends_in_logits(program.graph):
        return output
    activation = "softmax" if target.kind == "category" else "sigmoid"
    return keras.layers.Activation(activation, dtype="float32", name=PROBABILITIES)(output)
