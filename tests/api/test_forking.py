"""A new run that starts from the weights and the optimizer of another."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

import recipe
from recipe.api import FitOptions, Met, meet
from recipe.diagnostics.runs import RunFolderError
from recipe.training import running
from recipe.training.folders import RunFolder
from recipe.training.manifests import folder_name
from recipe.training.saving import newest_state
from recipe.training.states import State
from tests.api.runs import StopAfter, StoppedError, prepared, train, weights, write_rows


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the table and `parent`, stopped after 7 of 15 steps."""
    folder = tmp_path_factory.mktemp("forking")
    write_rows(folder)
    with pytest.raises(StoppedError):
        train(folder, folder / "parent", callbacks=(StopAfter(7),))
    return folder


def state_of(run: Path) -> State:
    state = newest_state(run / "checkpoints", [])
    assert state is not None
    return state


def weights_in(state: State) -> dict[str, bytes]:
    """Weights and slots; the learning rate is no weight."""
    return {
        name.split("/", 2)[2]: array.tobytes()
        for name, array in state.arrays.items()
        if name.startswith(("model/", "optimizer/")) and not name.endswith(("seed", "learning_rate"))
    }


def refused(place: Path, run: Path, *overrides: str, fork: Path | None = None) -> str:
    with pytest.raises(RunFolderError) as error:
        train(place, run, *overrides, fork=fork or place / "parent")
    (problem,) = error.value.problems
    assert error.value.exit_code == 7
    return f"{problem.code}: {problem.message}\n{problem.help}"


def test_a_fork_starts_with_weights_and_optimizer_at_the_step_of_the_other(place: Path, tmp_path: Path):
    with pytest.raises(StoppedError):
        train(
            place, tmp_path, "optimizer.learning_rate=0.5", fork=place / "parent", callbacks=(StopAfter(0),)
        )
    started, parent = state_of(tmp_path), state_of(place / "parent")
    assert replace(started.position, spent=0.0) == replace(parent.position, spent=0.0)
    assert weights_in(started) == weights_in(parent)
    rates = {float(array) for name, array in started.arrays.items() if name.endswith("learning_rate")}
    assert rates == {0.5}


def test_a_fork_says_where_it_came_from_and_counts_its_own_epochs(place: Path, tmp_path: Path):
    run = train(place, tmp_path, "optimizer.learning_rate=0.5", fork=place / "parent")
    standing = recipe.api.status(tmp_path)
    assert (standing.fork, standing.fork_step) == (str((place / "parent").resolve()), 7)
    assert (standing.state, standing.epochs) == ("finished", 3)
    # 7 steps are an epoch and two fifths: the first row is of what is left of the second.
    assert [row.epoch for row in run.outcome.rows] == [2, 3]
    assert [row.step for row in run.outcome.rows] == [10, 15]


def test_a_fork_needs_its_parent_only_to_start(place: Path, tmp_path: Path):
    copy = shutil.copytree(place, tmp_path / "copy")
    train(copy, copy / "whole", "optimizer.learning_rate=0.5", fork=copy / "parent")
    with pytest.raises(StoppedError):
        train(
            copy,
            copy / "fork",
            "optimizer.learning_rate=0.5",
            fork=copy / "parent",
            callbacks=(StopAfter(4),),
        )
    shutil.rmtree(copy / "parent")
    recipe.api.resume(copy / "fork")
    assert weights(copy / "fork") == weights(copy / "whole")


def test_a_fork_of_the_same_spec_trains_what_the_other_would_have_but_for_its_masks(
    place: Path, tmp_path: Path
):
    without_masks = "architecture=[{Dense: 4}, head]"
    copy = shutil.copytree(place, tmp_path / "copy")
    with pytest.raises(StoppedError):
        train(copy, copy / "one", without_masks, callbacks=(StopAfter(5),))
    train(copy, copy / "fork", without_masks, fork=copy / "one")
    train(copy, copy / "one", without_masks)
    assert weights(copy / "fork") == weights(copy / "one")


def test_the_parent_stays_as_it_was(place: Path, tmp_path: Path):
    before = {path: path.read_bytes() for path in sorted((place / "parent").rglob("*")) if path.is_file()}
    train(place, tmp_path, fork=place / "parent")
    after = {path: path.read_bytes() for path in sorted((place / "parent").rglob("*")) if path.is_file()}
    assert after == before


def test_the_same_command_goes_on_with_the_fork_and_never_with_another_run(place: Path, tmp_path: Path):
    (tmp_path / "small").mkdir()
    shutil.copytree(place / "parent", tmp_path / "small" / "1")
    run = tmp_path / "small" / "2"
    with pytest.raises(StoppedError):
        train(place, run, fork=place / "parent", callbacks=(StopAfter(3),))
    again = FitOptions(runs=tmp_path, resume=True, fork=place / "parent")
    assert meet(prepared(place), again) == Met(run, finished=False)
    assert meet(prepared(place), FitOptions(runs=tmp_path, resume=True)) == Met(
        tmp_path / "small" / "1", finished=False
    )
    other = FitOptions(runs=tmp_path, resume=True, fork=tmp_path / "small" / "1")
    assert meet(prepared(place), other) is None


def test_a_folder_with_another_run_is_never_forked_into(place: Path, tmp_path: Path):
    shutil.copytree(place / "parent", tmp_path / "other")
    assert refused(place, tmp_path / "other").startswith("R603")


@pytest.mark.parametrize("at", ["commit", "program.json"])
@pytest.mark.parametrize("again", ["the same command", "resume"])
def test_a_fork_that_is_killed_before_its_first_checkpoint_is_forked_by_the_next(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str, again: str
):
    def end(*arguments: object) -> None:
        raise KeyboardInterrupt

    write_json = RunFolder.write_json

    def write(folder: RunFolder, name: str, content: object) -> None:
        end() if name == at else write_json(folder, name, content)

    with monkeypatch.context() as patched:
        if at == "commit":
            patched.setattr(running, "commit", end)
        patched.setattr(RunFolder, "write_json", write)
        with pytest.raises(KeyboardInterrupt):
            train(place, tmp_path, fork=place / "parent")
    if again == "the same command":
        train(place, tmp_path, fork=place / "parent")
    elif at == "commit":
        recipe.api.resume(tmp_path)
    else:
        with pytest.raises(RunFolderError):
            recipe.api.resume(tmp_path)
        return
    standing = recipe.api.status(tmp_path)
    assert (standing.state, standing.fork_step) == ("finished", 7)
    assert (tmp_path / "metrics.csv").read_text().splitlines()[1].startswith("2,10,")


def test_weights_that_do_not_fit_are_named_with_both_shapes(place: Path, tmp_path: Path):
    said = refused(place, tmp_path, "architecture=[{Dense: 5}, head]")
    assert said.startswith("R616")
    assert "dense/kernel: (2, 4) there, (2, 5) here" in said
    assert not (tmp_path / "status.json").exists()


def test_another_optimizer_does_not_fit(place: Path, tmp_path: Path):
    said = refused(place, tmp_path, "optimizer=SGD")
    assert said.startswith("R616")
    assert "sgd/iteration: absent there" in said


def test_a_spec_that_ends_before_the_step_of_the_other_is_refused(place: Path, tmp_path: Path):
    assert refused(place, tmp_path, "training.epochs=1").startswith("R617: nothing is left to train: ")


def test_a_run_without_a_checkpoint_cannot_be_forked(place: Path, tmp_path: Path):
    assert refused(place, tmp_path, fork=tmp_path).startswith("R618")


def test_a_fork_is_at_the_same_step_with_other_batches(place: Path, tmp_path: Path):
    with pytest.raises(StoppedError):
        train(place, tmp_path, "training.batch_size=16", fork=place / "parent", callbacks=(StopAfter(0),))
    position = state_of(tmp_path).position
    # 3 steps an epoch: 7 steps are two epochs and one batch.
    assert (position.step, position.epoch, position.batches) == (7, 2, 1)
    assert [path.name for path in (tmp_path / "checkpoints").iterdir()] == [folder_name(7)]
    assert json.loads((tmp_path / "environment.json").read_text())["fork"]["step"] == 7
