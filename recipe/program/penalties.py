"""Penalties on kernels, and the largest norm of the weights into a unit: arguments of Keras's layers."""

import fnmatch
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import replace
from types import MappingProxyType

from recipe.catalog import lookup
from recipe.catalog.calls import Argument, Call, Origin
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.updates import NoLayerTakes
from recipe.program.graphs import Graph, Layer
from recipe.program.sections import tuple_of

PENALIZED = ("kernel_regularizer", "depthwise_regularizer", "pointwise_regularizer")
# Axes of a kernel over which the norm of the weights into one unit is taken.
INCOMING: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {
        "Dense": (0,),
        "Conv1D": (0, 1),
        "Conv2D": (0, 1, 2),
        "Conv3D": (0, 1, 2, 3),
        "Conv1DTranspose": (0, 2),
        "Conv2DTranspose": (0, 1, 3),
        "Conv3DTranspose": (0, 1, 2, 4),
    }
)
MOST_SUGGESTED = 200  # layers that are compared with a pattern that fits none
Change = Callable[[Layer], Layer | None]


def penalize(graph: Graph, regularization: Call, problems: list[Problem]) -> Graph:
    """The graph with the penalties `l1` and `l2` on its kernels; what a layer has of its own stays."""
    for word in ("l1", "l2"):
        written = regularization.get(word)
        if isinstance(written, Call):
            graph = changed(graph, written, lambda layer, w=written: _penalized(layer, w), problems)  # type: ignore[misc]
    return graph


def _penalized(layer: Layer, written: Call) -> Layer | None:
    row = lookup.find("layer", layer.call.name)
    slots = [name for name in PENALIZED if row and row.parameter(name)]
    call = layer.call
    for slot in slots:
        before = call.get(slot)
        if before is None:
            origin = Origin(written.span_of("value"), f"regularization.{written.name}")
            call = call.with_argument(slot, _penalty({}, written), origin)
        elif isinstance(before, Call) and before.origin.reason.startswith("regularization"):
            call = call.with_argument(slot, _penalty(before.arguments, written), before.origin)
    return replace(layer, call=call) if slots else None


def _penalty(before: Mapping[str, Argument], written: Call) -> Call:
    """`L1`, `L2`, or `L1L2` where both are written."""
    factors = {**before, written.name: written.arguments["value"]}
    name = "".join(["L1" if "l1" in factors else "", "L2" if "l2" in factors else ""])
    origin = Origin(written.span_of("value"), f"regularization.{written.name}")
    return Call(name, f"keras.regularizers.{name}", factors, origin)


def hold_norms(graph: Graph, regularization: Call, problems: list[Problem]) -> Graph:
    """The graph with the largest norm of the weights into each unit, where a layer has no constraint."""
    written = regularization.get("max_norm")
    if not isinstance(written, Call):
        return graph
    origin = Origin(written.span_of("value"), "regularization.max_norm")

    def held(layer: Layer) -> Layer | None:
        axes = INCOMING.get(layer.call.name)
        if axes is None or not layer.call.target.startswith("keras.layers."):
            return None
        if "kernel_constraint" in layer.call:
            return layer
        constraint = Call("MaxNorm", "keras.constraints.MaxNorm", origin=origin)
        constraint = constraint.with_argument("max_value", written["value"], origin)
        constraint = constraint.with_argument("axis", axes, origin)
        return replace(layer, call=layer.call.with_argument("kernel_constraint", constraint, origin))

    return changed(graph, written, held, problems)


def changed(graph: Graph, written: Call, change: Change, problems: list[Problem]) -> Graph:
    """The graph with a change of every layer whose name a pattern of `match` fits.

    Args:
        graph: the network.
        written: with `match`; a pattern that fits no layer that can be changed is told.
        change: the changed layer; None of a layer that has no place for it.
        problems: where problems go.
    """
    changes = {layer.name: new for layer in graph.layers if (new := change(layer)) is not None}
    names = matched(tuple(changes), written, problems)
    return replace(
        graph,
        layers=tuple(changes[layer.name] if layer.name in names else layer for layer in graph.layers),
    )


def matched(names: Sequence[str], written: Call, problems: list[Problem]) -> Set[str]:
    """The names that a pattern of `match` fits; all where none is written.

    Args:
        names: of what takes it.
        written: with `match`; a pattern that fits none of the names is told.
        problems: where problems go.
    """
    patterns = [str(pattern) for pattern in tuple_of(written["match"])] or ["*"]
    found = {pattern: {name for name in names if fnmatch.fnmatchcase(name, pattern)} for pattern in patterns}
    path, span = f"regularization.{written.name}", written.span_of("match")
    known = tuple(names[:MOST_SUGGESTED])
    problems += [NoLayerTakes(span, path, pattern, known) for pattern, those in found.items() if not those]
    return set[str]().union(*found.values())
