"""`engine: fit` and fixed blocks: Keras's loop or ours, long calls or short, the run is the same."""

import numpy as np
import pytest

import recipe
from recipe.api import Run
from tests.training.specs import DIGITS

CLIPPED = "regularization.gradient_clip=0.5"


class Blocks:
    """Notes how many steps each call had."""

    def __init__(self) -> None:
        self.steps: list[int] = []

    def begin(self, program, parameters) -> None: ...

    def block(self, step, epoch, logs) -> None:
        self.steps.append(step)

    def epoch(self, row, best) -> None: ...

    def tell(self, problem) -> None: ...


def trained(engine: str, *overrides: str, progress=()) -> Run:
    spec = recipe.load("small.yaml", [f"runtime.engine={engine}", *overrides], text=DIGITS)
    return recipe.fit(spec, keep=False, progress=progress)


def test_keras_drives_the_same_run():
    ours, driven = trained("graph", CLIPPED), trained("fit", CLIPPED)
    for one, other in zip(ours.outcome.rows, driven.outcome.rows, strict=True):
        assert one.logs == pytest.approx(other.logs, rel=1e-4)
        assert one.clipped == other.clipped
    for one, other in zip(ours.model.get_weights(), driven.model.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-6)


def test_a_block_has_as_many_steps_as_the_spec_says_and_the_bits_stay():
    blocks = Blocks()
    fixed = trained("{graph: {block: 5}}", progress=(blocks,))
    lengths = np.diff([0, *blocks.steps])
    assert set(lengths) <= {5, *range(1, 5)}
    assert list(lengths[:3]) == [5, 5, 5]
    free = trained("graph")
    for one, other in zip(free.model.get_weights(), fixed.model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    ("engine", "more", "code"),
    [
        ("fit", "backend: jax", "R340"),
        ("fit", "strategy: mirrored", "R315"),
        ("{fit: {block: 0}}", "seed: 1", "R205"),
        ("{graph: {blok: 4}}", "seed: 1", "R203"),
        ("grpah", "seed: 1", "R202"),
    ],
)
def test_what_cannot_be_is_refused_before_the_run(engine: str, more: str, code: str):
    text = DIGITS.replace("runtime:", "#") + f"\nruntime: {{engine: {engine}, {more}}}\n"
    assert [problem.code for problem in recipe.check("small.yaml", text=text).problems] == [code]
