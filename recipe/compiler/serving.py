"""The serving model: raw columns in, probabilities and numbers out, stock Keras classes only."""

from collections.abc import Mapping
from typing import Any

import keras

from recipe.program.facts import Column, Facts, InputFact
from recipe.program.objectives import ends_in_logits
from recipe.program.programs import Program


def build_serving(program: Program, network: Any) -> Any:
    """A model that a program which never heard of recipe can load and call.

    Images: stored values `(batch, height, width, channels)` as they lie in the source. Tables: a dictionary with
    one array `(batch, 1)` per column, strings for categories.

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
    if any(column.kind != "image" for column in facts.columns):
        inputs, encoded = _table(facts)
    else:
        inputs, encoded = _image(name, fact)
    output = _probabilities(program, network(encoded))
    return keras.Model(inputs, output, name="serving")


def _image(name: str, fact: InputFact) -> tuple[Any, Any]:
    raw = keras.Input(fact.shape, name=name, dtype="float32")
    if fact.scale == 1.0:
        return raw, raw
    return raw, keras.layers.Rescaling(fact.scale, name="rescaling")(raw)


def _table(facts: Facts) -> tuple[Mapping[str, Any], Any]:
    inputs = {column.name: _raw(column) for column in facts.columns}
    parts = [_encoded(column, inputs[column.name]) for column in facts.columns]
    joined = parts[0] if len(parts) == 1 else keras.layers.Concatenate(name="encoded")(parts)
    return inputs, joined


def _raw(column: Column) -> Any:
    dtype = "string" if column.kind == "category" else "float32"
    return keras.Input((1,), name=column.name, dtype=dtype)


def _encoded(column: Column, raw: Any) -> Any:
    statistics = column.statistics
    if column.kind == "category":
        categories = statistics["categories"]
        # One index for what was never seen, which is encoded as all zeros: its column is cut off.
        lookup = keras.layers.StringLookup(
            vocabulary=list(categories) if isinstance(categories, tuple) else [],
            num_oov_indices=1,
            output_mode="one_hot",
            name=f"{column.name}_index",
        )
        crop = keras.layers.Cropping1D((1, 0), name=f"{column.name}_seen")
        one_hot = keras.layers.Reshape((column.width + 1, 1), name=f"{column.name}_column")(lookup(raw))
        return keras.layers.Flatten(name=f"{column.name}_one_hot")(crop(one_hot))
    if column.kind == "number":
        mean, std = float(str(statistics["mean"])), float(str(statistics["std"]))
        return keras.layers.Rescaling(1.0 / std, -mean / std, name=f"{column.name}_standardized")(raw)
    return raw


def _probabilities(program: Program, output: Any) -> Any:
    target = program.facts.targets[0] if program.facts else None
    if target is None or target.kind == "number" or not ends_in_logits(program.graph):
        return output
    activation = "softmax" if target.kind == "category" else "sigmoid"
    return keras.layers.Activation(activation, dtype="float32", name="probabilities")(output)
