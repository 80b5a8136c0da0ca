"""Class weights beside what they do not go with."""

from collections.abc import Iterator

from recipe.diagnostics.lint_updates import BalancedTwice, WeightedUnderSgd
from recipe.lint.rates import clips
from recipe.program.balance import BALANCED
from recipe.program.programs import Program
from recipe.program.sections import section


def balanced_twice(program: Program) -> Iterator[BalancedTwice]:
    """L316: classes that are drawn equally often, and weighted by how rare they are."""
    training = section(program.spec, "training")
    if training.get("class_weight") == BALANCED and training["sampling"] == BALANCED:
        yield BalancedTwice(training.span_of("class_weight"), training.span_of("sampling"))


def weighted_under_sgd(program: Program) -> Iterator[WeightedUnderSgd]:
    """L317: class weights under SGD that nothing clips."""
    training = section(program.spec, "training")
    if training.get("class_weight") is not None and program.optimizer.name == "SGD" and not clips(program):
        yield WeightedUnderSgd(training.span_of("class_weight"), program.optimizer.name)
