"""A run that is taken apart at any block and put together again in new objects ends with the same bits."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

import recipe
from recipe.api import Compilation
from recipe.training.engines import feeds
from recipe.training.engines.engine import engine_for
from recipe.training.loop import Loop
from recipe.training.states import State
from tests.api.runs import StopAfter, StoppedError, train, weights
from tests.training.specs import BACKEND, IMAGES

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


STREAMED = ("runtime.examples=stream",)
FIT = ("runtime.engine=fit",)
MIXED = ("regularization={mixup: 0.4, cutmix: 1.0, label_smoothing: 0.1}",)
# The step at which the first layers are thawed, in the second epoch.
THAWED = 30
FROZEN = (
    f"optimizer={{AdamW: {{learning_rate: 1e-2}}, groups: [{{match: 'conv2d/*', freeze: {THAWED} steps}}, "
    f"{{match: 'batch_normalization/*', freeze: {THAWED} steps}}, {{match: '**', layer_decay: 0.5}}]}}",
)
BFLOAT16 = ("runtime.precision=mixed_bfloat16",)


class KilledError(Exception):
    """Stands for a process that ends between two blocks."""


@dataclass
class Killer:
    """A border at which the run ends after so many blocks."""

    left: int
    state: State | None = None

    def __call__(self, step: int, take: Callable[[], State]) -> None:
        self.left -= 1
        if self.left == 0:
            self.state = take()
            raise KilledError


@dataclass
class Recorder:
    """A border that keeps what a checkpoint of every block would hold, by step."""

    saved: dict[int, dict[str, bytes]] = field(default_factory=dict)

    def __call__(self, step: int, take: Callable[[], State]) -> None:
        self.saved[step] = take().to_files()


@dataclass(frozen=True)
class Finished:
    """How a run ended.

    Args:
        digest: sha256 over weights and the slots of the optimizer.
        logs: of its epochs.
        saved: the files of its checkpoints by step.
    """

    digest: str
    logs: list[dict[str, float]]
    saved: Mapping[int, dict[str, bytes]] = field(default_factory=dict, compare=False)


def new_loop(*overrides: str, **arguments: object) -> Loop:
    compilation: Compilation = recipe.compile(recipe.load("states.yaml", overrides, text=EVERYTHING))
    engine = engine_for(compilation.compiled)
    return Loop(engine, compilation.dataset, compilation.callbacks, **arguments)


def finished(loop: Loop, state: State | None = None) -> Finished:
    loop.run(state)
    compiled, border = loop.engine.compiled, loop.border
    arrays = [*compiled.model.get_weights(), *map(np.array, compiled.optimizer.variables)]
    digest = hashlib.sha256(b"".join(array.tobytes() for array in arrays)).hexdigest()
    saved = border.saved if isinstance(border, Recorder) else {}
    return Finished(digest, [dict(row.logs) for row in loop.rows], saved)


def some_of(steps: Iterable[int]) -> list[int]:
    """The first step, the last one of the second epoch but the end, and one in the tail of the last epoch."""
    known = sorted(steps)
    return [known[0], max(step for step in known if step < 48), known[-2]]


@pytest.fixture(scope="module")
def uninterrupted() -> Finished:
    return finished(new_loop(border=Recorder()))


def test_a_run_that_was_killed_after_a_block_ends_with_the_same_bits(uninterrupted: Finished):
    for step in some_of(uninterrupted.saved):
        assert finished(new_loop(), State.from_files(uninterrupted.saved[step])) == uninterrupted


@pytest.mark.parametrize(
    "overrides",
    [
        (*STREAMED, *MIXED, *FROZEN, *BFLOAT16),
        pytest.param(STREAMED, marks=pytest.mark.slow),
        pytest.param(MIXED, marks=pytest.mark.slow),
        pytest.param(FROZEN, marks=pytest.mark.slow),
        pytest.param(BFLOAT16, marks=pytest.mark.slow),
        pytest.param(FIT, marks=pytest.mark.slow),
        pytest.param((*FIT, *STREAMED, *MIXED, *FROZEN, *BFLOAT16), marks=pytest.mark.slow),
    ],
    ids=["all at once", "streamed", "mixed", "frozen", "bfloat16", "fit", "all at once by fit"],
)
def test_so_does_one_that_is_streamed_mixes_examples_thaws_layers_or_computes_in_bfloat16(
    overrides: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
):
    if FIT[0] in overrides and BACKEND != "tensorflow":
        pytest.skip("of TensorFlow")
    monkeypatch.setattr(feeds, "STREAMED_BYTES", 3 * 64 * (64 + 4 + 4))  # three batches at a time
    whole = finished(new_loop(*overrides, border=Recorder()))
    before = max(step for step in whole.saved if step < THAWED)
    assert finished(new_loop(*overrides), State.from_files(whole.saved[before])) == whole


@pytest.mark.slow
@pytest.mark.parametrize("engine", [pytest.param("auto", id="block"), pytest.param("fit", id="fit")])
def test_its_folder_alone_is_enough(tmp_path: Path, engine: str):
    if engine == "fit" and BACKEND != "tensorflow":
        pytest.skip("of TensorFlow")
    overrides = (*STREAMED, *MIXED, *FROZEN, *BFLOAT16, f"runtime.engine={engine}")
    overrides += ("monitor={checkpoint: {every: 1 steps}}",)
    train(tmp_path, tmp_path / "whole", *overrides, spec=EVERYTHING)
    with pytest.raises(StoppedError):
        train(tmp_path, tmp_path / "stopped", *overrides, spec=EVERYTHING, callbacks=(StopAfter(THAWED - 2),))
    recipe.api.resume(tmp_path / "stopped")
    assert weights(tmp_path / "whole") == weights(tmp_path / "stopped")


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


def test_a_run_that_is_stopped_in_its_validation_ends_with_the_same_bits(uninterrupted: Finished):
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
    assert finished(new_loop(), state) == uninterrupted
