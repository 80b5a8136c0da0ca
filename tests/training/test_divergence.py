"""A run that diverges goes back to the step before, saves it, and says what broke."""

import shutil
from pathlib import Path

import numpy as np
import pytest

import recipe
from recipe.training.divergence import DivergedError
from recipe.training.engines.engine import Kind, engine_for
from recipe.training.loop import Loop
from recipe.training.manifests import read
from recipe.training.saving import newest_state
from recipe.training.states import State, weights_in
from tests.training.specs import BACKEND, IMAGES

DIVERGENT = IMAGES.replace("learning_rate: 0.1", "learning_rate: 1e6")
TABLE = f"""
recipe: 1
name: table
data:
  source: {{npz: {{path: table.npz, features: x, target: y}}}}
architecture:
  - Dense: {{units: 8, activation: relu}}
  - head
optimizer: {{SGD: {{learning_rate: 0.01}}}}
training: {{epochs: 3, batch_size: 32}}
runtime: {{backend: {BACKEND}}}
"""


def diverged(spec: str, folder: Path) -> tuple[str, State]:
    """What is said, and the State that is saved."""
    loaded = recipe.load("divergent.yaml", text=spec)
    with pytest.raises(DivergedError) as caught:
        recipe.fit(loaded, folder=folder)
    assert caught.value.exit_code == 4
    (problem,) = caught.value.problems
    state = newest_state(folder / "checkpoints", [])
    assert state is not None
    return f"{problem.message}\n{problem.help}", state


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, State]:
    """A run that diverged: its folder, what was said, and the State that was saved; only to be read."""
    folder = tmp_path_factory.mktemp("divergent") / "run"
    return folder, *diverged(DIVERGENT, folder)


def test_a_learning_rate_of_a_million_is_told_with_step_norm_and_examples(ended: tuple[Path, str, State]):
    _, words, state = ended
    step = state.position.step + 1
    assert f"at step {step} (learning rate 1e+06, gradient norm " in words
    assert "not finite first: " in words
    assert " and 56 more" in words  # 8 of 64 examples are listed


def test_what_is_saved_is_finite_and_the_next_step_is_not(tmp_path: Path, ended: tuple[Path, str, State]):
    folder, _, state = ended
    shutil.copytree(folder, tmp_path / "run")
    assert all(np.isfinite(array).all() for array in weights_in(state.arrays).values())
    with pytest.raises(DivergedError) as caught:
        recipe.api.resume(tmp_path / "run")
    assert caught.value.problems[0].step == state.position.step + 1


def test_the_state_that_is_saved_is_that_of_a_run_of_so_many_steps(ended: tuple[Path, str, State]):
    *_, state = ended
    steps = state.position.step
    assert steps > 0
    spec = DIVERGENT.replace("epochs: 2", f"steps: {steps}")
    run = recipe.fit(recipe.load("short.yaml", text=spec), keep=False)
    for weight in run.model.weights:
        np.testing.assert_array_equal(weights_in(state.arrays)[weight.path], np.array(weight))


def test_an_example_that_holds_nan_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    inputs = np.random.default_rng(0).normal(size=(300, 6)).astype("float32")
    np.savez("table.npz", x=inputs, y=(inputs.sum(axis=1) > 0).astype("int32"))
    compilation = recipe.compile(recipe.load(str(tmp_path / "table.yaml"), text=TABLE))
    train = compilation.dataset.splits["train"]
    (values,) = train.inputs.values()
    place = int(np.flatnonzero(train.rows == 123)[0])
    poisoned = values.copy()
    poisoned[place, 2] = np.nan
    train.inputs[next(iter(train.inputs))] = poisoned
    with pytest.raises(DivergedError) as caught:
        compilation.fit(keep=False)
    (problem,) = caught.value.problems
    assert problem.first == "a value of example 123"
    assert 123 in problem.examples
    assert problem.help.endswith("mend that example, or take it out of the data")


def test_an_update_that_breaks_a_weight_is_found_behind_a_finite_loss():
    compilation = recipe.compile(recipe.load("one.yaml", text=IMAGES))
    loop = Loop(engine_for(compilation.compiled), compilation.dataset, ())
    train_step, weight = loop.engine.run, compilation.model.trainable_weights[0]

    def run(kind, arrays, order):
        train_step(kind, arrays, order)
        iterations = int(np.array(compilation.optimizer.iterations))
        if kind is Kind.TRAIN and iterations >= 3:
            weight.assign(np.full(weight.shape, np.inf, np.float32))

    loop.engine = type("Broken", (type(loop.engine),), {"run": lambda self, *block: run(*block)})(
        compilation.compiled, loop.engine.mode
    )
    states: list[State] = []
    loop.rescue = states.append
    with pytest.raises(DivergedError) as caught:
        loop.run()
    assert caught.value.problems[0].step == 3
    assert caught.value.problems[0].first == f"the weight `{weight.path}` after its update"
    assert states[0].position.step == 2


def test_a_loss_that_is_no_number_ends_a_run_whose_weights_are_whole():
    compilation = recipe.compile(recipe.load("one.yaml", text=IMAGES))
    loop = Loop(engine_for(compilation.compiled), compilation.dataset, ())

    def total_loss(self) -> float:
        steps = int(np.array(compilation.optimizer.iterations))
        return np.nan if steps >= 3 else type(self).__base__.total_loss(self)

    broken = type("Broken", (type(loop.engine),), {"total_loss": total_loss})
    loop.engine = broken(compilation.compiled, loop.engine.mode)
    states: list[State] = []
    loop.rescue = states.append
    with pytest.raises(DivergedError) as caught:
        loop.run()
    assert caught.value.problems[0].step == 3
    assert states[0].position.step == 2


def test_the_gradients_are_those_of_a_step_of_plain_sgd():
    compilation = recipe.compile(recipe.load("plain.yaml", text=IMAGES.replace(", momentum: 0.9", "")))
    engine, train = engine_for(compilation.compiled), compilation.dataset.splits["train"]
    rows = np.arange(64, dtype=np.int32)
    before = [np.array(weight) for weight in compilation.model.trainable_weights]
    seeds = [np.array(variable) for variable in compilation.model.non_trainable_variables]
    loss, gradients = engine.gradients(train, rows)
    for variable, value in zip(compilation.model.non_trainable_variables, seeds, strict=True):
        variable.assign(value)
    engine.reset()
    engine.run(Kind.TRAIN, train, rows.reshape(1, -1))
    assert engine.total_loss() == pytest.approx(64 * loss, rel=1e-5)
    for old, weight, gradient in zip(before, compilation.model.trainable_weights, gradients, strict=True):
        np.testing.assert_allclose(old - np.array(weight), 0.1 * gradient, rtol=1e-3, atol=1e-6)


def test_no_checkpoint_holds_a_weight_that_is_not_finite(tmp_path: Path):
    spec = DIVERGENT + "monitor: {checkpoint: {every: 1 steps, keep: 50}}\n"
    diverged(spec, tmp_path / "run")
    folders = [path for path in (tmp_path / "run" / "checkpoints").iterdir() if path.name.startswith("step-")]
    assert folders
    for folder in folders:
        state = State.from_files(read(folder))
        assert all(np.isfinite(array).all() for array in weights_in(state.arrays).values())
