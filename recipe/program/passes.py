"""Small passes over the graph: dropout rates and seeds."""

from dataclasses import replace

from recipe.catalog import lookup
from recipe.catalog.calls import Call, Origin
from recipe.catalog.overlay import DROPOUT_SLOTS
from recipe.diagnostics.conflicts import RateWithoutSlot, SlotWithoutRate
from recipe.diagnostics.problems import Problem
from recipe.program.nested import inside
from recipe.program.penalties import changed
from recipe.program.programs import Graph, Layer
from recipe.program.seeds import derive


def fill_dropout(graph: Graph, regularization: Call, problems: list[Problem]) -> Graph:
    """The graph with the spec's dropout rate in every slot that has none of its own."""
    written = regularization.get("dropout")
    open_slots = [call for layer in graph.layers for call in layer.call.calls() if _is_open_slot(call)]
    if not isinstance(written, Call):
        problems += [SlotWithoutRate(call.origin.span, call.name) for call in open_slots]
        return graph
    if not open_slots:
        problems.append(RateWithoutSlot(regularization.span_of("dropout"), "regularization.dropout"))
        return graph
    origin = Origin(written.span_of("value"), "regularization.dropout")

    def filled(call: Call) -> Call:
        within = inside(call, filled)
        return within.with_argument("rate", written["value"], origin) if _is_open_slot(call) else within

    def with_rate(layer: Layer) -> Layer | None:
        is_slot = any(map(_is_open_slot, layer.call.calls()))
        return layer.with_call(filled(layer.call)) if is_slot else None

    graph = changed(graph, written, with_rate, problems)
    left = [call for layer in graph.layers for call in layer.call.calls() if _is_open_slot(call)]
    problems += [SlotWithoutRate(call.origin.span, call.name) for call in left]
    return graph


def _is_open_slot(call: Call) -> bool:
    return call.name in DROPOUT_SLOTS and "rate" not in call


def seeded(name: str, call: Call, root: int, role: str) -> Call:
    """A Call whose `seed`, if it takes one and none was written, is derived from its name."""
    row = lookup.find("layer", call.name)
    if row is None or row.parameter("seed") is None or call.get("seed") is not None:
        return call
    return call.with_argument("seed", derive(root, role, name), Origin(None, "derived from runtime.seed"))


def seed_layers(graph: Graph, root: int) -> Graph:
    """The graph with a seed in every layer that draws random numbers."""

    def with_seed(layer: Layer) -> Layer:
        call = seeded(layer.name, layer.call, root, "layer")
        return layer if call is layer.call else layer.with_call(call)

    return replace(graph, layers=tuple(with_seed(layer) for layer in graph.layers))
