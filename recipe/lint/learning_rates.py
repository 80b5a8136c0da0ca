"""Learning rates that do not fit the optimizer."""

from collections.abc import Iterator

from recipe.catalog.calls import Call
from recipe.diagnostics.lint_rates import (
    HighRate,
    IdleNesterov,
    NoMomentum,
    SlowAdadelta,
    StrongDecay,
    Unclipped,
)
from recipe.lint.graphs import takes
from recipe.lint.rates import clips, number, peak_rate
from recipe.program.programs import Program
from recipe.program.sections import section

# Optimizers whose step is about the learning rate for each weight.
UNIT_STEP = frozenset("Adam AdamW Adamax Nadam".split())
HIGHEST = 0.01
HIGHEST_FOR_FULL_BATCH = 0.1
# Above this, epsilon and not the second moment sets the size of a step.
LARGE_EPSILON = 1e-4
LOWEST_OF_ADADELTA = 0.01
STRONGEST_DECAY = 0.01
UNSTABLE = {"SGD": 0.1, **dict.fromkeys((*UNIT_STEP, "RMSprop"), 2e-3)}


def high_rate(program: Program) -> Iterator[HighRate]:
    """L301: Adam above 0.01, or above 0.1 without the noise of batches."""
    optimizer, rate = program.optimizer, peak_rate(program)
    epsilon = number(optimizer, "optimizer", "epsilon") or 0.0
    if rate is None or optimizer.name not in UNIT_STEP or epsilon > LARGE_EPSILON:
        return
    if rate.value > (HIGHEST_FOR_FULL_BATCH if _is_full_batch(program) else HIGHEST):
        yield HighRate(rate.span, optimizer.name, rate.value)


def no_momentum(program: Program) -> Iterator[NoMomentum]:
    """L302: SGD over batches without momentum; over all examples it is plain gradient descent, and meant."""
    optimizer = program.optimizer
    is_plain = not optimizer.get("momentum") and optimizer.get("nesterov") is not True  # else L318 says it
    if optimizer.name == "SGD" and is_plain and not _is_full_batch(program):
        yield NoMomentum(optimizer.origin.span)


def idle_nesterov(program: Program) -> Iterator[IdleNesterov]:
    """L318: Nesterov's look ahead along a momentum of 0."""
    optimizer = program.optimizer
    if optimizer.get("nesterov") is True and not optimizer.get("momentum"):
        yield IdleNesterov(optimizer.span_of("nesterov"))


def _is_full_batch(program: Program) -> bool:
    return section(program.spec, "training")["batch_size"] == "full"


def slow_adadelta(program: Program) -> Iterator[SlowAdadelta]:
    """L311: Adadelta at Keras's default learning rate."""
    rate = peak_rate(program)
    if program.optimizer.name == "Adadelta" and rate is not None and rate.value <= LOWEST_OF_ADADELTA:
        yield SlowAdadelta(rate.span, rate.value)


def strong_decay(program: Program) -> Iterator[StrongDecay]:
    """L312: weight decay that takes more than 1% of each weight in every step."""
    rate, decay = peak_rate(program), program.decay
    if rate is not None and decay is not None and rate.value * decay.value > STRONGEST_DECAY:
        span = program.optimizer.span_of("weight_decay")
        yield StrongDecay(span, decay.value, rate.value)


def unclipped(program: Program) -> Iterator[Unclipped]:
    """L309: the first recurrent or attention layer of a run at a high rate without clipping."""
    rate, limit = peak_rate(program), UNSTABLE.get(program.optimizer.name)
    if rate is None or limit is None or rate.value < limit or clips(program):
        return
    for layer in program.graph.layers:
        if any(_is_unstable(call) for call in layer.call.calls()):
            yield Unclipped(layer.span, layer.name, rate.value)
            return


def _is_unstable(call: Call) -> bool:
    """Whether a layer is recurrent or an attention."""
    return takes(call, "recurrent_initializer") or takes(call, "num_heads")
