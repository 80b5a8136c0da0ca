"""How a block is executed: a row each."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mode:
    """A way to execute a block of steps.

    Args:
        name: its word in `runtime.engine`.
        fused: whether layers compute with faster kernels where there are any.
        xla: whether XLA compiles the block.
        parts: whether each core computes a part of the batch, all at once.
        by: the engine that executes it, where that is not the one of the backend.
    """

    name: str
    fused: bool = False
    xla: bool = False
    parts: bool = False
    by: str = ""


GRAPH = Mode("graph")
FUSED = Mode("graph_fused", fused=True)
XLA = Mode("xla", fused=True, xla=True)
PER_CORE = Mode("per_core", fused=True, parts=True)
FIT = Mode("fit", by="recipe.training.engines.fit.FitEngine")
MODES: Mapping[str, Mode] = {mode.name: mode for mode in (GRAPH, FUSED, XLA, PER_CORE, FIT)}
