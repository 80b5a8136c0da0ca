"""L2 penalties beside other decay."""

from collections.abc import Iterator

from recipe.catalog.calls import Call
from recipe.diagnostics.lint_regularization import PenaltyUnderAdam, RegularizedTwice
from recipe.lint.graphs import regularized
from recipe.program.programs import Program

# Optimizers that divide by the root of the second moment of the gradient.
ADAM_FAMILY = frozenset("Adam AdamW Adamax Nadam Lamb ScheduleFreeAdamW".split())


def penalty_under_adam(program: Program) -> Iterator[PenaltyUnderAdam]:
    """L202: an L2 penalty under Adam, without weight decay."""
    penalties = _penalties(program)
    if penalties and not _decays(program) and program.optimizer.name in ADAM_FAMILY:
        yield PenaltyUnderAdam(penalties[0].origin.span, program.optimizer.name, len(penalties))


def regularized_twice(program: Program) -> Iterator[RegularizedTwice]:
    """L203: an L2 penalty beside weight decay, the optimizer's own default too."""
    penalties = _penalties(program)
    if penalties and program.decay is not None and _decays(program):
        decay = program.optimizer.span_of("weight_decay")
        yield RegularizedTwice(penalties[0].origin.span, len(penalties), program.decay.value, decay)


def tells_of_penalties(program: Program) -> bool:
    """Whether L202 or L203 speaks of the L2 penalties already."""
    return _decays(program) or program.optimizer.name in ADAM_FAMILY


def _penalties(program: Program) -> tuple[Call, ...]:
    """The first L2 penalty of every layer that has one."""
    found = (next(regularized(layer), None) for layer in program.graph.layers)
    return tuple(penalty for penalty in found if penalty is not None)


def _decays(program: Program) -> bool:
    return program.decay is not None and program.decay.value > 0
