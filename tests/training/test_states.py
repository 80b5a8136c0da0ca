"""A run that is taken apart at any block and put together again in new objects ends with the same bits."""

from collections.abc import Callable

import numpy as np
import pytest

import recipe
from recipe.api import Compilation
from recipe.training.engines.engine import engine_for
from recipe.training.loop import Loop
from recipe.training.states import State
from tests.training.specs import IMAGES

EVERYTHING = (
    IMAGES.replace("SGD: {learning_rate: 0.1, momentum: 0.9}", "AdamW: {learning_rate: 1e-2}").replace(
        "epochs: 2", "epochs: 3"
    )
    + """
schedule: {warmup_cosine: {warmup: 10%}}
regularization:
  weight_decay: 1e-2
  augmentation: [{RandomTranslation: {height_factor: 0.2, width_factor: 0.2}}]
  early_stopping: {patience: 2 epochs}
"""
)


class KilledError(Exception):
    """Stands for a process that ends between two blocks."""


class Killer:
    """A border at which the run ends after so many blocks."""

    def __init__(self, blocks: int):
        self.left = blocks
        self.state: State | None = None

    def __call__(self, step: int, take: Callable[[], State]) -> None:
        self.left -= 1
        if self.left == 0:
            self.state = take()
            raise KilledError


def new_loop(**arguments: object) -> Loop:
    compilation: Compilation = recipe.compile(recipe.load("states.yaml", text=EVERYTHING))
    engine = engine_for(compilation.compiled)
    return Loop(engine, compilation.dataset, compilation.callbacks, **arguments)


def finished(loop: Loop, state: State | None = None) -> tuple[list[np.ndarray], list[dict[str, float]]]:
    loop.run(state)
    weights = loop.engine.compiled.model.get_weights()
    slots = [np.array(slot) for slot in loop.engine.compiled.optimizer.variables]
    return weights + slots, [dict(row.logs) for row in loop.rows]


@pytest.fixture(scope="module")
def uninterrupted() -> tuple[list[np.ndarray], list[dict[str, float]]]:
    return finished(new_loop())


# Blocks grow from 1 step on, so an epoch of 24 steps has about 5 of them; the second number is in the tail.
@pytest.mark.parametrize("blocks", [1, 4, 5, 6, 9])
def test_a_run_that_was_killed_after_a_block_ends_with_the_same_bits(blocks: int, uninterrupted):
    killer = Killer(blocks)
    with pytest.raises(KilledError):
        new_loop(border=killer).run()
    assert killer.state is not None
    saved = killer.state.to_files()
    arrays, logs = finished(new_loop(), State.from_files(saved))
    assert logs == uninterrupted[1]
    for one, other in zip(arrays, uninterrupted[0], strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_checkpoint_of_another_network_is_refused():
    killer = Killer(1)
    with pytest.raises(KilledError):
        new_loop(border=killer).run()
    other = recipe.compile(recipe.load("states.yaml", text=EVERYTHING.replace("filters: 8", "filters: 9")))
    plain = recipe.compile(recipe.load("states.yaml", text=EVERYTHING.replace("  - Dropout: 0.3\n", "")))
    for compilation in (other, plain):
        loop = Loop(engine_for(compilation.compiled), compilation.dataset, compilation.callbacks)
        with pytest.raises(ValueError, match=r"another network|shape"):
            loop.run(killer.state)


def test_a_run_that_is_stopped_in_its_validation_ends_with_the_same_bits(uninterrupted):
    asked = []

    def leave(step: int, take: Callable[[], State]) -> None:
        if asked:
            asked.append(take())
            raise KilledError

    loop = new_loop(border=leave)

    def stopping() -> bool:
        asked.append(None)
        return True

    loop.stopping = stopping
    with pytest.raises(KilledError):
        loop.run()
    state = State.from_files(asked[-1].to_files())
    assert (state.position.step, state.position.batches) == (24, 24)
    arrays, logs = finished(new_loop(), state)
    assert logs == uninterrupted[1]
    for one, other in zip(arrays, uninterrupted[0], strict=True):
        np.testing.assert_array_equal(one, other)
