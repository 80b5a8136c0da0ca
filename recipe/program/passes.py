"""Small passes over the graph: dropout rates and seeds."""

from dataclasses import replace

from recipe.catalog import lookup
from recipe.catalog.calls import Argument, Call, Origin
from recipe.catalog.fitting import OFF_WORD
from recipe.catalog.overlay import DROPOUT_SLOTS
from recipe.diagnostics.conflicts_slots import RateWithoutSlot, SlotWithoutRate
from recipe.diagnostics.problems import Problem
from recipe.program.graphs import Graph, Layer
from recipe.program.nested import inside
from recipe.program.penalties import changed
from recipe.program.sections import section
from recipe.program.seeds import derive


def fill_dropout(graph: Graph, spec: Call, problems: list[Problem]) -> Graph:
    """The graph with the spec's dropout rate in every slot that has none of its own; `off` is a rate of 0."""
    regularization = section(spec, "regularization")
    written = regularization.get("dropout")
    open_slots = [call for layer in graph.layers for call in layer.call.calls() if _is_open_slot(call)]
    if isinstance(written, Call) and not open_slots:
        problems.append(RateWithoutSlot(regularization.span_of("dropout"), "regularization.dropout"))
        return graph
    if isinstance(written, Call):
        rate = Argument(written["value"], Origin(written.span_of("value"), "regularization.dropout"))
        graph = changed(graph, written, lambda layer: _with_rate(layer, rate), problems)
    elif (off := _turned_off(spec)) is not None:
        rate = Argument(0.0, off)
        graph = replace(graph, layers=tuple(_with_rate(layer, rate) or layer for layer in graph.layers))
    left = [call for layer in graph.layers for call in layer.call.calls() if _is_open_slot(call)]
    problems += [SlotWithoutRate(call.origin.span, call.name) for call in left]
    return graph


def _with_rate(layer: Layer, rate: Argument) -> Layer | None:
    """A layer with a rate in its slots; None of one that has no slot."""

    def filled(call: Call) -> Call:
        within = inside(call, filled)
        return within.with_argument("rate", rate.value, rate.origin) if _is_open_slot(call) else within

    return layer.with_call(filled(layer.call)) if any(map(_is_open_slot, layer.call.calls())) else None


def _turned_off(spec: Call) -> Origin | None:
    """Where the spec says that nothing is dropped; None where it says nothing."""
    above, dropout = (
        spec.arguments["regularization"],
        section(spec, "regularization").arguments.get("dropout"),
    )
    off = [one.origin for one in (above, dropout) if one is not None and one.origin.reason == OFF_WORD]
    return off[-1] if off else None


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
