"""A `.keras` file, or an application by its name, as the text of a spec."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras

from recipe.catalog import lookup
from recipe.compiler.constructing import class_of
from recipe.compiler.from_keras.arguments import common_initializer, written
from recipe.compiler.from_keras.folding import folded
from recipe.compiler.from_keras.graphs import read_graph
from recipe.compiler.from_keras.printing import flow, printed
from recipe.compiler.from_keras.structures import Structurer
from recipe.diagnostics.models import NoModel
from recipe.diagnostics.problems import RecipeError


@dataclass(frozen=True, slots=True)
class Read:
    """A model as a spec.

    Args:
        text: a spec without data, optimizer and training, for `extends`.
        layers: names of the model's layers, in the order in which the spec builds them.
    """

    text: str
    layers: tuple[str, ...]


def open_model(source: str) -> Any:
    """The model of a file, or an application without trained weights.

    Raises:
        RecipeError: R621 when it is neither.
    """
    row = lookup.find("application", source)
    try:
        if row is not None:
            return class_of(row.target)(weights=None)
        if not Path(source).is_file():
            raise RecipeError([NoModel(None, source, "there is no such file, and no such application")])
        return keras.saving.load_model(source, compile=False)
    except (OSError, ValueError, TypeError) as refused:
        raise RecipeError([NoModel(None, source, str(refused).splitlines()[0])]) from refused


def read_model(model: Any, name: str) -> Read:
    """A Sequential or functional model as a spec.

    Args:
        model: plain: layers of the catalog alone.
        name: of the spec.

    Raises:
        RecipeError: R620 with every layer that a spec cannot say.
    """
    inputs, nodes = read_graph(model)
    layers = [node.layer for node in nodes if isinstance(node.layer, keras.Layer)]
    init = common_initializer(layers)
    arguments: dict[int, Mapping[str, Any]] = {id(layer): written(layer, init) for layer in layers}
    structurer = Structurer.of(inputs, nodes, lambda layer: arguments[id(layer)])
    outputs = tuple(tensor._keras_history.operation.name for tensor in model.outputs)
    items = folded(structurer.items(outputs))
    shapes = {one: tuple(tensor.shape)[1:] for one, tensor in zip(inputs, model.inputs, strict=True)}
    lines = [f"# {name}: {model.count_params():,} parameters; inputs {_shapes(shapes)}", "recipe: 1", ""]
    lines += [f"init: {flow(init)}", "", "architecture:"]
    if len(inputs) == 1:
        lines += printed(items, 2)
    else:
        lines += [f"  inputs: {flow({one: {'shape': list(shapes[one])} for one in inputs})}", "  layers:"]
        lines += printed(items, 4)
    return Read("\n".join(lines) + "\n", tuple(layer for item in items for layer in item.layers()))


def _shapes(shapes: Mapping[str, tuple[int, ...]]) -> str:
    return ", ".join(f"{name} {shape}" for name, shape in shapes.items())
