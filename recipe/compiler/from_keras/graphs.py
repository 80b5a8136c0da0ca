"""The graph of a functional Keras model: which layer is fed by which."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import keras

from recipe.catalog import lookup
from recipe.catalog.keras_classes import load
from recipe.diagnostics.models import CannotBeWritten
from recipe.diagnostics.problems import Problem, RecipeError
from recipe.program.names import snake_case


@dataclass(frozen=True, slots=True)
class Node:
    """One call of one layer.

    Args:
        name: of the layer; of a second call, with a number.
        layer: it.
        feeders: names of the nodes whose outputs it takes, in order.
        call: further arguments of the call.
        first: name of the layer's first node, when this is not it.
    """

    name: str
    layer: Any
    feeders: tuple[str, ...]
    call: Mapping[str, Any]
    first: str = ""


def read_graph(model: Any) -> tuple[tuple[str, ...], tuple[Node, ...]]:
    """The names of a model's inputs, and its nodes in an order in which they can be called.

    Raises:
        RecipeError: R620 with everything that a spec cannot say.
    """
    problems: list[Problem] = []
    functional = model._functional if isinstance(model, keras.Sequential) else model
    found: list[Node] = []
    names: dict[Any, str] = {}
    for node in _ordered(functional):
        operation = node.operation
        if node.is_input:
            names[node] = operation.name
            continue
        first = next((one.name for one in found if one.layer is operation), "")
        name = f"{operation.name}.{len(found)}" if first else operation.name
        names[node] = name
        feeders = tuple(names[_giver(tensor)] for tensor in node.arguments.keras_tensors)
        found.append(Node(name, operation, feeders, _call(node), first))
        problems += _problems(operation, node)
    if problems:
        raise RecipeError(problems)
    return tuple(names[_giver(tensor)] for tensor in functional.inputs), tuple(found)


def _ordered(functional: Any) -> list[Any]:
    """Nodes of a model, each after those that feed it; as they were made among equals."""
    depths = sorted(functional._nodes_by_depth, reverse=True)
    return [node for depth in depths for node in functional._nodes_by_depth[depth]]


def _giver(tensor: Any) -> Any:
    history = tensor._keras_history
    return history.operation._inbound_nodes[history.node_index]


def _call(node: Any) -> Mapping[str, Any]:
    """The named arguments of a call that are no tensors."""
    given = node.arguments.kwargs
    return {
        name: value
        for name, value in given.items()
        if isinstance(value, bool | int | float | str) and (name != "training" or value is not None)
    }


_COMMUTATIVE = frozenset({"add", "multiply", "maximum", "minimum"})


def operation_of(operation: Any) -> Mapping[str, Any] | None:
    """An operation of `keras.ops` as `{name: arguments}`; None when it is none that a spec can name."""
    row = lookup.find("op", snake_case(type(operation).__name__))
    if row is None:
        return None
    (node, *_) = operation._inbound_nodes
    inputs, _ = lookup.inputs_of(row.name)
    operands = node.arguments.args
    if row.name in _COMMUTATIVE and not _has_tensor(operands[0]):
        operands = operands[::-1]
    given = dict(zip(inputs, operands, strict=False)) | operation.get_config()
    if not _has_tensor(given[inputs[0]]):
        return None
    known = {name for name in row.known if name != "name"}
    arguments = {name: value for name, value in given.items() if name in known and not _has_tensor(value)}
    defaults = {one.name: one.default for one in load().find("op", row.name).parameters}  # type: ignore[union-attr]
    return {row.name: {name: value for name, value in arguments.items() if defaults.get(name, ...) != value}}


def _has_tensor(value: Any) -> bool:
    return any(isinstance(one, keras.KerasTensor) for one in keras.tree.flatten(value))


def _problems(operation: Any, node: Any) -> list[Problem]:
    name = type(operation).__name__
    is_layer = isinstance(operation, keras.Layer)
    if not is_layer and operation_of(operation) is not None:
        return []
    row = lookup.find("layer", name) if is_layer and type(operation).__module__.startswith("keras.") else None
    if row is None:
        return [CannotBeWritten(None, operation.name, name)]
    indices = {tensor._keras_history.tensor_index for tensor in node.arguments.keras_tensors}
    return (
        [CannotBeWritten(None, operation.name, f"{name} on one of several outputs")] if indices - {0} else []
    )
