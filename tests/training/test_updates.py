"""What an update is: gradients summed by examples over the parts of a batch, then clipped and applied."""

import numpy as np
import pytest

import recipe
from recipe.api import Compilation
from recipe.training.engines.engine import Engine, Kind, engine_for
from tests.training.specs import DIGITS

CLIPPED = ("regularization.gradient_clip=0.5",)


def begun(*overrides: str) -> tuple[Compilation, Engine]:
    compilation = recipe.compile(recipe.load("small.yaml", overrides, text=DIGITS))
    return compilation, engine_for(compilation.compiled)


def trained(*overrides: str, rows: tuple[int, ...] = (64, 64, 45)) -> list[np.ndarray]:
    """The weights after batches of some sizes."""
    compilation, engine = begun(*overrides)
    start = 0
    for size in rows:
        order = np.arange(start, start + size, dtype=np.int32)[np.newaxis]
        engine.run(Kind.TRAIN, compilation.dataset.splits["train"], order)
        start += size
    return compilation.model.get_weights()


# 45 examples in four parts: three of 12 and one of 9.
@pytest.mark.parametrize("overrides", [(), CLIPPED], ids=["plain", "clipped"])
def test_a_batch_in_parts_gives_the_update_of_the_whole_batch(overrides: tuple[str, ...]):
    whole = trained(*overrides)
    for one, other in zip(whole, trained("training.accumulate=4", *overrides), strict=True):
        np.testing.assert_allclose(other, one, rtol=0, atol=2e-6)


def test_the_metrics_of_parts_count_every_example_once():
    logs = []
    for parts in (1, 4):
        compilation, engine = begun(f"training.accumulate={parts}")
        engine.run(Kind.TRAIN, compilation.dataset.splits["train"], np.arange(45, dtype=np.int32)[np.newaxis])
        logs.append(engine.logs())
    assert logs[1] == pytest.approx(logs[0], rel=1e-5)


@pytest.mark.parametrize("precision", ["float32", "mixed_float16"])
def test_the_pulse_is_the_norm_of_the_gradient_and_of_the_change_of_the_weights(precision: str):
    compilation, engine = begun(f"runtime.precision={precision}", *CLIPPED)
    train, rows = compilation.dataset.splits["train"], np.arange(64, dtype=np.int32)
    _, gradients = engine.gradients(train, rows)
    before = [np.array(weight) for weight in compilation.model.trainable_weights]
    engine.run(Kind.TRAIN, train, rows[np.newaxis])
    after = [np.array(weight) for weight in compilation.model.trainable_weights]

    def norm(arrays: list[np.ndarray]) -> float:
        return float(np.sqrt(sum(np.square(array, dtype=np.float64).sum() for array in arrays)))

    moved = norm([new - old for new, old in zip(after, before, strict=True)])
    tolerance = 1e-4 if precision == "float32" else 1e-2
    assert engine.pulse.gradient_norm == pytest.approx(norm(gradients), rel=tolerance)
    assert engine.pulse.update_ratio == pytest.approx(moved / norm(before), rel=1e-4)
    assert engine.pulse.clipped == 1
    # The first step of SGD is the learning rate times the gradient, whose norm is the limit now.
    assert moved == pytest.approx(0.1 * 0.5, rel=1e-3)


def test_a_clipped_step_is_counted_and_told_by_epoch():
    rows = {}
    for limit in (1e-3, 1e3):
        spec = recipe.load("small.yaml", [f"regularization.gradient_clip={limit}"], text=DIGITS)
        rows[limit] = recipe.fit(spec, keep=False).outcome.rows
    assert [row.clipped for row in rows[1e-3]] == [1.0, 1.0]
    assert [row.clipped for row in rows[1e3]] == [0.0, 0.0]
