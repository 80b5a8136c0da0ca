"""Stochastic depth: residual branches that are skipped at random in training, the later the oftener."""

from dataclasses import replace

from recipe.catalog.calls import Argument, Call, Origin
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.weights import NoBranch
from recipe.program.graphs import Graph, Inputs, Layer, Residual, Wire
from recipe.program.penalties import matched
from recipe.program.structures import DROP_PATH


def drop_paths(graph: Graph, regularization: Call, problems: list[Problem]) -> Graph:
    """The graph with a rate for every residual branch that has none of its own.

    Branch l of L is skipped at the rate `l / L` times that of the last (arXiv 1603.09382, equation 4); with
    `match` they are those whose name it fits.

    Args:
        graph: the network.
        regularization: its section.
        problems: R366 is appended when there is no branch, R352 when a pattern fits none.
    """
    written = regularization.get("drop_path")
    if not isinstance(written, Call) or not written["value"]:
        return graph
    rate, span = float(str(written["value"])), written.span_of("value")
    if not graph.residuals:
        problems.append(NoBranch(span))
        return graph
    names = matched([residual.name for residual in graph.residuals], written, problems)
    residuals = [residual for residual in graph.residuals if residual.name in names]
    for number, residual in enumerate(residuals, start=1):
        name = f"{residual.name}.drop_path"
        if name not in graph.by_name:
            share = f"regularization.drop_path: branch {number} of {len(residuals)}"
            argument = Argument(rate * number / len(residuals), Origin(span, share))
            call = Call("Dropout", DROP_PATH, {"rate": argument}, Origin(span, share))
            graph = _with_layer(graph, residual, Layer(name, call, (residual.body,), span=span))
    return graph


def _with_layer(graph: Graph, residual: Residual, dropping: Layer) -> Graph:
    """The graph with a layer between the body of a residual and what reads it."""
    inside, around = f"{residual.name}.body.", f"{residual.name}."
    layers: list[Layer] = []
    for layer in graph.layers:
        reads = layer.name.startswith(around) and not layer.name.startswith(inside)
        if reads and residual.body in (*layer.wires, *layer.unless_equal):
            layers += [] if dropping in layers else [dropping]
            layer = _rewired(layer, residual.body, Wire(dropping.name))
        layers.append(layer)
    return replace(graph, layers=tuple(layers))


def _rewired(layer: Layer, before: Wire, after: Wire) -> Layer:
    def moved(wires: tuple[Wire, ...]) -> tuple[Wire, ...]:
        return tuple(after if wire == before else wire for wire in wires)

    inputs: Inputs = layer.inputs
    if isinstance(inputs, tuple):
        inputs = moved(inputs)
    else:
        fed = {name: moved(one if isinstance(one, tuple) else (one,)) for name, one in inputs.items()}
        inputs = {name: one if isinstance(inputs[name], tuple) else one[0] for name, one in fed.items()}
    return replace(layer, inputs=inputs, unless_equal=moved(layer.unless_equal))
