"""`engine: per_core`: which networks can be trained in parts of a batch side by side, a core for each.

A core that computes a part from its first layer to the last waits for no other, and its numbers stay in its
cache; threads that share every operation meet at the end of each. The gradient is the mean of those of the
parts, so no layer may look at another example, and what is drawn is drawn for the whole batch.
"""

from collections.abc import Iterator, Mapping

from recipe.catalog.calls import Call
from recipe.catalog.imported import module_of
from recipe.program.axes import across_examples
from recipe.program.graphs import Layer
from recipe.program.programs import Program
from recipe.program.strategies import draws
from recipe.program.structures import DROP_PATH, SHORTCUTS
from recipe.program.updates import OF_WHOLE_BATCH

PER_CORE = "per_core"
THREADS = "TF_NUM_INTRAOP_THREADS"
"""Of one operation of TensorFlow; written down with a run, since sums are split by them."""
LEAST_EXAMPLES = 4
"""Of a part: of fewer, products of matrices are slow."""
MOST_CORES = 8
MOST_PARTS = MOST_CORES
"""A step is traced once for each part, and its graph is as many times as large."""
CACHED_BYTES = 2**23
"""What the largest layer of a part may keep; of more, its numbers leave the cache of a core."""

# Layers and losses of Keras that look at all examples of a batch at once.
TOGETHER = frozenset(
    "ActivityRegularization BatchNormalization Masking SpectralNormalization Circle Dice Tversky".split()
)
# Arguments that do the same: sums over a batch, means over as much of it as counts, and a state for each row.
WHOLE = ("activity_regularizer", "mask_zero", "ignore_class", "stateful")
# Layers that draw random numbers by a `Dropout`, which can draw for the whole batch.
BY_DROPOUT = frozenset({"Dropout", "MultiHeadAttention", "GroupQueryAttention"}) | {
    f"SpatialDropout{axes}D" for axes in (1, 2, 3)
}
# Operations that compute each number alone, and operations along one axis.
ELEMENTWISE = frozenset(
    "abs add cast clip cos divide exp gelu leaky_relu log log1p maximum minimum multiply negative ones_like "
    "relu rsqrt sigmoid sign silu sin softplus sqrt square stop_gradient subtract tanh zeros_like".split()
)
ALONG = frozenset("concatenate cumsum expand_dims flip max mean min softmax squeeze stack sum take".split())
# Parts of the names of layers that compute for long; of others, starting an operation is most of a step.
HEAVY = ("Conv", "Attention", "LSTM", "GRU", "RNN")
WHOLE_BATCH = "it looks at the whole batch at once"
DRAWS = "it draws other random numbers for parts of a batch"
UNKNOWN = "nobody knows here whether it looks at one example at a time"


def obstacles(program: Program) -> Iterator[tuple[Call, str]]:
    """What parts of a batch would change in a run, and why."""
    written = [layer.call for layer in program.graph.layers]
    for outer in (*written, *(one.loss for one in program.objectives)):
        for call in outer.calls():
            if call.name in TOGETHER or _is_across(call):
                yield call, WHOLE_BATCH
            elif draws(call) and not (call is outer and call.name in BY_DROPOUT):
                yield call, DRAWS
            elif module_of(call.name):
                yield call, UNKNOWN
    for metric in program.metrics:
        yield from ((call, UNKNOWN) for call in metric.calls() if module_of(call.name))
    layers = program.graph.by_name
    for layer in program.graph.layers:
        if not (_is_layer(layer) or module_of(layer.call.name) or _is_apart(layer, layers)):
            yield layer.call, UNKNOWN


def _is_across(call: Call) -> bool:
    """Whether an argument makes a layer or a loss of Keras look at all examples."""
    if any(call.get(name) not in (None, False) for name in WHOLE):
        return True
    is_op = call.target.startswith("keras.ops.")  # looked at in its place
    return call.get("reduction") in OF_WHOLE_BATCH or (not is_op and bool(across_examples(call)))


def _is_layer(layer: Layer | None) -> bool:
    """Whether it is a layer of Keras, or an input: what these give has further axes behind the examples."""
    settled = (*SHORTCUTS, DROP_PATH)
    return layer is None or layer.call.target.startswith("keras.layers.") or layer.call.target in settled


def _is_apart(layer: Layer, layers: Mapping[str, Layer]) -> bool:
    """Whether an operation of Keras computes each number alone, or along an axis behind the examples."""
    call = layer.call
    if not call.target.startswith("keras.ops."):
        return False
    axis = call.get("axis")
    last = axis == -1 and all(_is_layer(layers.get(wire.layer)) for wire in layer.wires)
    return call.name in ELEMENTWISE or (call.name in ALONG and (last or (isinstance(axis, int) and axis > 0)))


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


def num_parts(examples: int, cores: int, kept_bytes: int) -> int:
    """In how many parts a batch is computed: one for each core, or twice and more times as many.

    On 2 cores, the transformer of the step-time benchmark, a layer of which keeps 786 kB of an example, took
    184 ms as a whole, 151 in 2 parts and 137 in 8; its convolutions (108 kB) and LSTM (196 kB) are fastest
    in 2 (`python -m tests.benchmarks.step_time --contestants graph_fused per_core`).

    Args:
        examples: of the batch.
        cores: that compute at once.
        kept_bytes: of one example, by the layer that keeps most for the gradient.
    """
    parts = cores
    while (
        parts * CACHED_BYTES < examples * kept_bytes
        and 2 * parts <= MOST_PARTS
        and examples >= 2 * parts * LEAST_EXAMPLES
    ):
        parts *= 2
    return parts
