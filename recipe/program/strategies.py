"""What sharing a batch over devices changes, said before the run or made right."""

from dataclasses import replace

from recipe.catalog import lookup
from recipe.catalog.calls import Call, Origin
from recipe.diagnostics.conflicts_runs import StrategyChanges
from recipe.diagnostics.problems import Problem
from recipe.program.graphs import Graph
from recipe.program.programs import Phase, Program

MIRRORED = "mirrored"
DATA_PARALLEL = "data_parallel"
OWN_MASKS = "each device draws its own random numbers, so the run differs from one device"

# Arguments without which a layer that takes a seed draws nothing.
STRENGTHS = ("rate", "stddev", "dropout", "recurrent_dropout")


def check_strategy(program: Program, problems: list[Problem]) -> None:
    """Tell what `mirrored` cannot make equal to one device."""
    if program.runtime.strategy != MIRRORED:
        return
    random = [call for layer in program.graph.layers for call in layer.call.calls() if draws(call)]
    problems += [StrategyChanges(call.origin.span, call.name, MIRRORED, OWN_MASKS) for call in random[:1]]
    if any(step.phase is Phase.TRAINING for step in program.batch):
        span = program.spec.span_of("regularization")
        problems.append(StrategyChanges(span, "augmentation", MIRRORED, OWN_MASKS))


def draws(call: Call) -> bool:
    """Whether a layer draws random numbers in training: it takes a seed, and is not of strength zero."""
    row = lookup.find("layer", call.name)
    if row is None or row.parameter("seed") is None:
        return False
    strengths = [name for name in STRENGTHS if row.parameter(name) is not None]
    return not strengths or any(call.get(name) for name in strengths)


def synchronize(graph: Graph, strategy: str) -> Graph:
    """Under `mirrored`, batch norm over the whole batch, as on one device."""
    if strategy != MIRRORED:
        return graph
    origin = Origin(None, "strategy: mirrored, so that batch norm sees the whole batch")
    layers = (
        replace(layer, call=layer.call.with_argument("synchronized", True, origin))
        if layer.call.name == "BatchNormalization" and "synchronized" not in layer.call
        else layer
        for layer in graph.layers
    )
    return replace(graph, layers=tuple(layers))
