"""How TensorFlow executes a block: a row each."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mode:
    """A way to execute a block of steps.

    Args:
        name: its word in `runtime.engine`.
        fused: whether kernels are replaced by fused ones while a block is traced.
        xla: whether XLA compiles the block.
    """

    name: str
    fused: bool = False
    xla: bool = False


GRAPH = Mode("graph")
FUSED = Mode("graph_fused", fused=True)
XLA = Mode("xla", xla=True)
MODES: Mapping[str, Mode] = {mode.name: mode for mode in (GRAPH, FUSED, XLA)}
