"""What sharing a batch over devices changes, said before the run or made right."""

from dataclasses import replace

from recipe.catalog.calls import Origin
from recipe.diagnostics.conflicts import StrategyChanges
from recipe.diagnostics.problems import Problem
from recipe.program.programs import Graph, Phase, Program

MIRRORED = "mirrored"
DATA_PARALLEL = "data_parallel"
OWN_MASKS = "each device draws its own random numbers, so the run differs from one device"


def check_strategy(program: Program, problems: list[Problem]) -> None:
    """Tell what `mirrored` cannot make equal to one device."""
    if program.runtime.strategy != MIRRORED:
        return
    random = [layer for layer in program.graph.layers if "seed" in layer.call and "rate" in layer.call]
    problems += [StrategyChanges(layer.span, layer.call.name, MIRRORED, OWN_MASKS) for layer in random[:1]]
    if any(step.phase is Phase.TRAINING for step in program.batch):
        span = program.spec.span_of("regularization")
        problems.append(StrategyChanges(span, "augmentation", MIRRORED, OWN_MASKS))


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
