"""The serving model: raw columns in, probabilities and numbers out, stock Keras classes only."""

from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np

from recipe.compiler.columns import encoder_of
from recipe.compiler.units import in_unit
from recipe.program.facts import IDS, Column, Facts, InputFact, Target
from recipe.program.objectives import ends_in_logits
from recipe.program.programs import Program

ENCODED, PROBABILITIES, UNITS = "encoded", "probabilities", "units"


def build_serving(program: Program, network: Any) -> Any:
    """A model that a program which never heard of recipe can load and call.

    Images and other arrays: stored values `(batch, *shape)` as they lie in the source; windows of a series
    likewise, and the forecast comes in its units. Tables: a dictionary with one array `(batch,)` or
    `(batch, 1)` per column: numbers, NaN where missing, and text for texts, categories and flags that are
    words, empty where missing. A date is an array for each of its parts, such as `when.year` and `when.hour`.
    Labels are an array `(batch, most)` of the names of each example, filled up with empty texts, and so are
    the steps of a sequence; those that are numbers are filled up with NaN.
    A `/` in the name of a column becomes `_`. A network with several inputs takes one dictionary with all
    columns, and each array under the name of its input.

    Args:
        program: with facts.
        network: the trained network on encoded arrays.

    Returns:
        A `keras.Model` whose output is `(batch, *positions, classes)` probabilities, `(batch, 1)` of a flag,
        or numbers; of several targets a dictionary. Probabilities of labels do not sum up to one.
    """
    facts = program.facts
    if facts is None:
        raise ValueError("a Program with facts is expected")
    names = _input_names(facts, network.name)
    raw: dict[str, Any] = {}
    encoded: dict[str, Any] = {}
    for name, fact in facts.inputs.items():
        columns = facts.columns_of(name)
        prefix = f"{name}." if len(facts.inputs) > 1 else ""
        read = _array if columns[0].is_array else _table
        inputs, encoded[name] = read(name, fact, {names[column.name]: column for column in columns}, prefix)
        raw |= inputs
    # The same layers without what `compile` added: a schedule of ours could not be loaded without recipe.
    bare = keras.Model(network.input, network.output, name=network.name)
    outputs = bare(_only(encoded) if len(encoded) == 1 else encoded)
    is_lone_array = len(facts.columns) == 1 and facts.columns[0].is_array
    answers = _answers(program, outputs)
    _name_operations(answers)
    return keras.Model(_only(raw) if is_lone_array else raw, answers, name="serving")


def _only(named: Mapping[str, Any]) -> Any:
    return next(iter(named.values()))


Read = tuple[dict[str, Any], Any]
"""Raw inputs by name, and what they become."""


def _array(name: str, fact: InputFact, columns: Mapping[str, Column], prefix: str) -> Read:
    raw = keras.Input(fact.shape, name=name, dtype=fact.encoded_dtype)
    (column,) = columns.values()
    if column.scaling is not None:
        stds = np.asarray(column.scaling.stds)
        scale, offset = (1 / stds).tolist(), (-np.asarray(column.scaling.means) / stds).tolist()
        return {name: raw}, keras.layers.Rescaling(scale, offset, name=prefix + ENCODED)(raw)
    if fact.scale == 1.0:
        return {name: raw}, raw
    return {name: raw}, keras.layers.Rescaling(fact.scale, name=prefix + ENCODED)(raw)


def _table(name: str, fact: InputFact, columns: Mapping[str, Column], prefix: str) -> Read:
    inputs: dict[str, Any] = {}
    parts = []
    for position, (column_name, column) in enumerate(columns.items()):
        encoder = encoder_of(column)
        raw = {
            suffix: keras.Input((encoder.length,), name=f"{column_name}{suffix}", dtype=encoder.dtype)
            for suffix in encoder.suffixes(column)
        }
        inputs |= {f"{column_name}{suffix}": one for suffix, one in raw.items()}
        parts.append(encoder.encode(column, raw, f"{prefix}column_{position}"))
    if fact.dtype == IDS or len(fact.shape) > 1:
        return inputs, parts[0]
    return inputs, keras.layers.Concatenate(dtype="float32", name=prefix + ENCODED)(parts)


def _input_names(facts: Facts, network: str) -> Mapping[str, str]:
    """A name for each column that Keras allows and no other layer has: mostly the column's own."""
    arrays = [name for name in facts.inputs if facts.columns_of(name)[0].is_array]
    taken = [network, ENCODED, PROBABILITIES, *arrays]
    names: dict[str, str] = {}
    for column in facts.columns:
        name = column.name.replace("/", "_")
        while name in taken and not column.is_array:
            name += "_"
        names[column.name] = name
        taken.append(name)
    return names


def _name_operations(answers: Any) -> None:
    """Name by position what Keras names by a counter of the process, so that the file is always the same.

    It happens before there is a model: a column may be called as Keras calls an operation, `cast` or `add`.
    """
    tensors, operations = deque(keras.tree.flatten(answers)), dict[int, Any]()
    while tensors:
        operation = tensors.popleft()._keras_history.operation
        if id(operation) not in operations:
            operations[id(operation)] = operation
            tensors.extend(operation._inbound_nodes[-1].input_tensors)
    unnamed = (one for one in operations.values() if not isinstance(one, keras.layers.Layer))
    for position, operation in enumerate(unnamed):
        operation.name = f"filled_{position}"


def _answers(program: Program, outputs: Any) -> Any:
    targets: Sequence[Target] = program.facts.targets if program.facts else ()
    if not isinstance(outputs, Mapping):
        return _probabilities(program, targets[0], outputs, PROBABILITIES)
    return {
        target.name: _probabilities(
            program, target, outputs[target.name], f"{target.name.replace('/', '_')}.{PROBABILITIES}"
        )
        for target in targets
    }


def _probabilities(program: Program, target: Target, output: Any, name: str) -> Any:
    if target.scaling is not None:
        stds, means = list(target.scaling.stds), list(target.scaling.means)
        return keras.layers.Rescaling(stds, means, name=UNITS)(output)
    if target.kind == "number":
        return in_unit(target, output)
    if not ends_in_logits(program.graph, target.name):
        return output
    activation = "softmax" if target.kind == "category" else "sigmoid"
    return keras.layers.Activation(activation, dtype="float32", name=name)(output)
