"""`engine: per_core`: which networks can be trained in parts of a batch side by side, a core for each.

A core that computes a part from its first layer to the last waits for no other, and its numbers stay in its
cache; threads that share every operation meet at the end of each. The gradient is the mean of those of the
parts, so no layer may look at another example, and what is drawn is drawn for the whole batch.
"""

from collections.abc import Iterator

from recipe.catalog import lookup
from recipe.catalog.calls import Call
from recipe.program.programs import Program
from recipe.program.strategies import draws

PER_CORE = "per_core"
LEAST_EXAMPLES = 4
"""Of a part: of fewer, products of matrices are slow."""
MOST_CORES = 8
"""A step is traced once for each part, and its graph is as many times as large."""

# Layers and losses of Keras that look at all examples of a batch at once.
TOGETHER = frozenset(
    "ActivityRegularization BatchNormalization Masking SpectralNormalization Circle Dice Tversky".split()
)
# Arguments that do the same: sums over a batch, and means over as much of it as counts.
SUMMING = ("activity_regularizer", "mask_zero", "ignore_class")
# Layers that draw random numbers by a `Dropout`, which can draw for the whole batch.
BY_DROPOUT = frozenset({"Dropout", "MultiHeadAttention", "GroupQueryAttention"})
# Parts of the names of layers that compute for long; of others, starting an operation is most of a step.
HEAVY = ("Conv", "Attention", "LSTM", "GRU", "RNN")


def obstacles(program: Program) -> Iterator[tuple[Call, str]]:
    """What parts of a batch would change in a run, and why."""
    written = [layer.call for layer in program.graph.layers]
    for outer in (*written, *(one.loss for one in program.objectives)):
        for call in outer.calls():
            if call.name in TOGETHER or any(call.get(name) not in (None, False) for name in SUMMING):
                yield call, "it looks at the whole batch at once"
            elif draws(call) and not (call is outer and call.name in BY_DROPOUT):
                yield call, "it draws other random numbers for parts of a batch"
    for call in written:
        row = lookup.find("layer", call.name)
        if row is None or not row.target.startswith("keras.layers."):
            yield call, "nobody knows here whether it looks at one example at a time"


def pays(program: Program, cores: int) -> bool:
    """Whether parts side by side are likely to be the fastest, as far as a spec shows.

    Args:
        program: of a run on one processor.
        cores: that the process may use.
    """
    calls = [call for layer in program.graph.layers for call in layer.call.calls()]
    size = program.training.batch_size
    return (
        program.runtime.backend == "tensorflow"
        and program.runtime.strategy == "single"
        and 1 < cores <= MOST_CORES
        and isinstance(size, int)
        and size >= LEAST_EXAMPLES * cores
        and any(part in call.name for call in calls for part in HEAVY)
        and next(obstacles(program), None) is None
    )
