"""Before the first step the same steps are computed twice."""

import json
from pathlib import Path

import numpy as np
import pytest

import recipe
from recipe.diagnostics.problems import Problem
from recipe.training import running, states
from recipe.training.engines.engine import engine_for
from recipe.training.orders import rest_of_epoch
from recipe.training.repeats import differing
from recipe.training.states import Position
from tests.training.specs import DIGITS, IMAGES


def first_batches(compilation: recipe.api.Compilation) -> np.ndarray:
    train = compilation.dataset.splits["train"]
    return next(rest_of_epoch(compilation.program, Position(0, 0, 0), train))


def test_a_machine_that_repeats_itself_is_found_to_and_nothing_is_changed():
    compilation = recipe.compile(recipe.load("images.yaml", text=IMAGES))
    engine = engine_for(compilation.compiled)
    before = states.arrays_of(engine, ())
    assert differing(engine, compilation.dataset.splits["train"], first_batches(compilation)) == ()
    after = states.arrays_of(engine, ())
    assert all((before[name] == after[name]).all() for name in before)


def test_an_operation_that_does_not_repeat_is_found(monkeypatch: pytest.MonkeyPatch):
    compilation = recipe.compile(recipe.load("images.yaml", text=IMAGES))
    engine = engine_for(compilation.compiled)
    weight, dice = compilation.model.trainable_weights[0], np.random.default_rng(0)
    run = type(engine).run

    def restless(self, kind, arrays, order):
        run(self, kind, arrays, order)
        weight.assign_add(dice.normal(scale=1e-6, size=weight.shape).astype(np.float32))

    monkeypatch.setattr(type(engine), "run", restless)
    (name,) = differing(engine, compilation.dataset.splits["train"], first_batches(compilation))
    assert name.endswith(weight.path)


class Listener:
    def __init__(self) -> None:
        self.told: list[Problem] = []

    def begin(self, program, parameters):
        pass

    def block(self, step, epoch, logs):
        pass

    def epoch(self, row, best):
        pass

    def tell(self, problem):
        self.told.append(problem)


@pytest.mark.parametrize(("found", "repeats"), [((), True), (("model/0000/dense/kernel",), False)])
def test_the_run_folder_says_whether_it_repeats(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, found: tuple[str, ...], repeats: bool
):
    monkeypatch.setattr(running, "differing", lambda *arguments: found)
    listener = Listener()
    recipe.fit(recipe.load("small.yaml", text=DIGITS), folder=tmp_path, progress=[listener])
    assert json.loads((tmp_path / "environment.json").read_text())["repeats"] is repeats
    assert ("R655" in [problem.code for problem in listener.told]) is not repeats
    assert repeats or "R655" in (tmp_path / "log.txt").read_text()
