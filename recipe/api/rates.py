"""The learning-rate range test of a spec."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from recipe.api.checking import Spec, loaded
from recipe.api.planning import prepare, translated
from recipe.api.training import compile_prepared
from recipe.catalog.calls import Origin

if TYPE_CHECKING:
    from recipe.training.rate_tests import RateTest

LOWEST, HIGHEST, STEPS = 1e-7, 10.0, 100


def find_rate(
    spec: str | Path | Spec, lowest: float = LOWEST, highest: float = HIGHEST, steps: int = STEPS
) -> "RateTest":
    """Try learning rates from a small to a large one in a few steps, and suggest one; keeps nothing.

    The schedule is left out, so what is suggested is its peak: the rate that the optimizer is given.

    Args:
        spec: a path, or what `load` returned.
        lowest: first learning rate.
        highest: last learning rate, unless the loss explodes before.
        steps: updates in all, a learning rate each.

    Raises:
        RecipeError: with every error, at its place.
    """
    prepared = prepare(loaded(spec))
    program = prepared.program
    optimizer = program.optimizer.with_argument("learning_rate", lowest, Origin(None, "the range test"))
    constant = replace(program, optimizer=optimizer, schedule=None, plateau=None)
    compilation = compile_prepared(replace(prepared, program=constant))
    from recipe.training.engines.engine import engine_for
    from recipe.training.rate_tests import range_test

    def tried() -> "RateTest":
        engine = engine_for(compilation.compiled)
        return range_test(engine, compilation.dataset.splits["train"], lowest, highest, steps)

    return translated(prepared.spec, tried)  # type: ignore[no-any-return]
