"""The watch on the gap: it waits, it tells once, it stops, and a resumed run does the same."""

import json
from pathlib import Path

import pytest

import recipe
from recipe.cli.progress import Silent
from recipe.program.programs import Overfitting
from recipe.training.overfitting import has_fallen_behind
from recipe.training.rows import EpochRow
from tests.training.specs import DIGITS

# 30 examples that are learned by heart while the other 100 are not.
SPEC = DIGITS.replace("split: {validation: 100, test: 200}", "split: {validation: 100, test: 1667}").replace(
    "epochs: 2, batch_size: 64", "epochs: 30, batch_size: full"
)
WATCH = "monitor: {overfitting: {gap: 0.2, action: stop, patience: 3 epochs}, checkpoint: {every: 1 step}}\n"


def rows(*gaps: float) -> list[EpochRow]:
    return [
        EpochRow(number, number, 0.1, 1.0, {"accuracy": 0.9, "val_accuracy": 0.9 - gap})
        for number, gap in enumerate(gaps, start=1)
    ]


WATCHED = Overfitting("accuracy", "max", 0.1, 2, stops=True)


def test_the_gap_must_be_too_large_in_epochs_in_a_row():
    assert not has_fallen_behind(WATCHED, rows(0.2, 0.0, 0.2, 0.0))
    assert has_fallen_behind(WATCHED, rows(0.2, float("nan"), 0.2))  # what is not validated breaks no row
    assert has_fallen_behind(WATCHED, rows(0.0, 0.2, 0.11))
    assert has_fallen_behind(WATCHED, rows(0.2, 0.2, 0.0))


def test_a_gap_that_is_just_as_large_as_was_written_is_taken():
    exact = [EpochRow(n, n, 0.1, 1.0, {"accuracy": 0.75, "val_accuracy": 0.5}) for n in (1, 2)]
    assert not has_fallen_behind(Overfitting("accuracy", "max", 0.25, 2, stops=True), exact)


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> recipe.api.Run:
    return recipe.fit(recipe.load("a.yaml", text=SPEC + WATCH), folder=tmp_path_factory.mktemp("gap") / "run")


def test_a_run_stops_after_the_third_epoch_with_too_large_a_gap(stopped: recipe.api.Run):
    history = stopped.history
    too_large = list(history["accuracy"] - history["val_accuracy"] > 0.2)
    assert len(too_large) < 30
    assert too_large[-3:] == [True, True, True]
    assert not any(all(too_large[start : start + 3]) for start in range(len(too_large) - 3))
    assert stopped.path is not None
    status = json.loads((stopped.path / "status.json").read_text())
    assert status["stopped"] == "accuracy was more than 0.2 worse in validation than in training"


def test_it_is_told_once_with_the_knobs_of_this_spec(stopped: recipe.api.Run):
    assert stopped.path is not None
    log = (stopped.path / "log.txt").read_text()
    assert log.count("R633") == 1
    assert "the run stops" in log


def test_a_run_that_is_killed_on_the_way_stops_at_the_same_epoch(stopped: recipe.api.Run, tmp_path: Path):
    class Killed(Silent):
        def epoch(self, row, best):
            if row.epoch == len(stopped.history) - 1:
                raise KeyboardInterrupt

    spec = recipe.load("a.yaml", text=SPEC + WATCH)
    with pytest.raises(KeyboardInterrupt):
        recipe.fit(spec, folder=tmp_path / "run", progress=(Killed(),))
    resumed = recipe.api.resume(tmp_path / "run")
    assert list(resumed.history["val_loss"]) == list(stopped.history["val_loss"])


def test_a_warning_stops_nothing_and_trains_the_same_weights(stopped: recipe.api.Run, tmp_path: Path):
    spec = recipe.load("a.yaml", text=SPEC + WATCH.replace("stop", "warn"))
    warned = recipe.fit(spec, folder=tmp_path / "run")
    assert len(warned.history) == 30
    assert list(warned.history["loss"])[: len(stopped.history)] == list(stopped.history["loss"])
    assert (tmp_path / "run" / "log.txt").read_text().count("R633") == 1
