"""What an old run folder says to a spec that is not quite the one it was begun with."""

import json
import shutil
from pathlib import Path

import pytest

import recipe
from recipe.api import FitOptions, Met, meet
from recipe.diagnostics.runs import RunFolderError
from recipe.training.locks import lock
from tests.api.runs import SPEC, StopAfter, StoppedError, prepared, train, weights, write_rows

WRITTEN = ("program.json", "environment.json")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the table, `finished` (3 epochs), and `stopped` after 7 of 15 steps."""
    folder = tmp_path_factory.mktemp("meeting")
    write_rows(folder)
    train(folder, folder / "finished")
    with pytest.raises(StoppedError):
        train(folder, folder / "stopped", callbacks=(StopAfter(7),))
    return folder


@pytest.fixture
def copy(place: Path, tmp_path: Path) -> Path:
    """The same in a place that a test may change."""
    return shutil.copytree(place, tmp_path / "copy")


def met(folder: Path, run: str, *overrides: str, **options: object) -> Met | None:
    return meet(prepared(folder, *overrides), FitOptions(folder=folder / run, **options))


def refused(folder: Path, run: str, *overrides: str, **options: object) -> list[str]:
    with pytest.raises(RunFolderError) as error:
        met(folder, run, *overrides, **options)
    assert error.value.exit_code == 7
    return [problem.code for problem in error.value.problems]


def told(folder: Path, run: str, *overrides: str) -> str:
    with pytest.raises(RunFolderError) as error:
        met(folder, run, *overrides)
    (problem,) = error.value.problems
    return problem.help


def test_the_same_spec_goes_on_or_is_done(place: Path):
    assert met(place, "stopped") == Met(place / "stopped", finished=False)
    assert met(place, "finished") == Met(place / "finished", finished=True)
    assert met(place, "nothing") is None


def test_of_two_specs_that_meet_one_empty_folder_the_later_is_refused(
    copy: Path, monkeypatch: pytest.MonkeyPatch
):
    before = (copy / "finished" / "program.json").read_bytes()
    monkeypatch.setattr("recipe.api.training.meet", lambda *_: None)  # what both saw
    with pytest.raises(RunFolderError, match="another process began a run"):
        train(copy, copy / "finished", "optimizer.learning_rate=0.5")
    assert (copy / "finished" / "program.json").read_bytes() == before


def test_a_run_that_goes_on_in_another_process_is_told_before_anything_is_built(copy: Path):
    (copy / "nothing").mkdir()
    with lock(copy / "stopped"), lock(copy / "nothing"):
        assert refused(copy, "stopped") == ["R607"]
        assert refused(copy, "nothing") == ["R607"]
    assert met(copy, "stopped") == Met(copy / "stopped", finished=False)


@pytest.mark.parametrize(
    "override",
    [
        "training.epochs=4",
        "training.epochs=2",  # 10 steps, 7 are done
        "metrics=[accuracy]",
        "training.callbacks=[TerminateOnNaN]",
        "monitor.checkpoint=1 epoch",
        "name=other",
        "schedule=constant",
        "schedule={warmup_constant: {warmup: 0 steps}}",
    ],
)
def test_what_changes_no_step_that_is_done_goes_on(place: Path, override: str):
    assert met(place, "stopped", override) == Met(place / "stopped", finished=False)


@pytest.mark.parametrize(
    ("override", "path"),
    [
        ("optimizer.learning_rate=0.03", "optimizer.Adam.learning_rate"),
        ("training.epochs=1", "training.epochs"),  # 5 steps, 7 are done
        ("training.batch_size=4", "training.batch_size"),
        ("runtime.seed=2", "runtime.seed"),
        ("schedule=warmup_cosine", "schedule"),
    ],
)
def test_what_would_change_a_step_that_is_done_is_refused_with_three_lines(
    place: Path, override: str, path: str
):
    assert refused(place, "stopped", override) == ["R611"]
    lines = told(place, "stopped", override).splitlines()
    assert lines[0] == path
    assert lines[1].startswith("- ")
    assert lines[2].startswith("+ ")
    assert "(--set 1:1)" in lines[2]
    assert "--fork" in lines[3]


def test_a_schedule_is_compared_as_numbers_up_to_the_saved_step(copy: Path):
    warmup = "schedule={warmup_constant: {warmup: 4 steps}}"
    with pytest.raises(StoppedError):
        train(copy, copy / "warm", warmup, callbacks=(StopAfter(4),))
    assert met(copy, "warm", "schedule={warmup_cosine: {warmup: 4 steps}}") is not None
    assert met(copy, "warm", warmup, "training.epochs=9") is not None
    assert refused(copy, "warm", "schedule={warmup_constant: {warmup: 5 steps}}") == ["R611"]
    # A share of the run is the same number of steps in a run of the same length only.
    assert met(copy, "warm", "schedule={warmup_constant: {warmup: 26.6%}}") is not None
    longer = ("schedule={warmup_constant: {warmup: 26.6%}}", "training.epochs=9")
    assert refused(copy, "warm", *longer) == ["R611"]
    assert "absolute schedule" in told(copy, "warm", *longer)


def test_a_finished_run_that_grows_under_a_constant_schedule_ends_as_one_that_was_longer(copy: Path):
    grown = train(copy, copy / "finished", "training.epochs=5")
    train(copy, copy / "longer", "training.epochs=5")
    assert weights(copy / "finished") == weights(copy / "longer")
    assert [row.epoch for row in grown.outcome.rows] == [1, 2, 3, 4, 5]
    assert recipe.api.status(copy / "finished").epochs_planned == 5


def test_a_run_in_steps_grows_in_the_middle_of_an_epoch(copy: Path):
    in_steps = SPEC.replace("epochs: 3", "steps: 7")
    train(copy, copy / "grown", spec=in_steps)
    for run in ("grown", "longer"):
        train(copy, copy / run, "training.steps=12", spec=in_steps)
    assert weights(copy / "grown") == weights(copy / "longer")
    assert [row.split(",")[1] for row in (copy / "grown/metrics.csv").read_text().split()[1:]] == [
        "5",
        "10",
        "12",
    ]


def test_a_run_that_stopped_early_would_stop_there_again(copy: Path):
    stopping = "regularization={early_stopping: {patience: 1 epoch, minimum_delta: 9.0, metric: loss}}"
    train(copy, copy / "early", stopping)
    assert recipe.api.status(copy / "early").stopped == "loss did not improve for 1 epochs"
    assert met(copy, "early", stopping, "training.epochs=9") == Met(copy / "early", finished=True)


@pytest.mark.parametrize("then", ["training.stop_at={accuracy: 0.999999}", "training.time=9 minutes"])
def test_a_run_that_stopped_at_a_goal_goes_on_to_another_and_ends_as_one_that_never_stopped(
    copy: Path, then: str
):
    train(copy, copy / "goal", "training.stop_at={loss: 1e9}")
    assert recipe.api.status(copy / "goal").step == 5
    assert met(copy, "goal", "training.stop_at={loss: 1e9}", "training.epochs=9") == Met(
        copy / "goal", finished=True
    )
    train(copy, copy / "goal", then)
    assert recipe.api.status(copy / "goal").stopped is None
    assert weights(copy / "goal") == weights(copy / "finished")


def test_a_finished_run_without_a_checkpoint_cannot_grow(copy: Path):
    shutil.rmtree(copy / "finished" / "checkpoints")
    assert refused(copy, "finished", "training.epochs=9") == ["R618"]
    assert met(copy, "finished") == Met(copy / "finished", finished=True)


def test_other_data_are_refused_unless_they_are_accepted(copy: Path):
    write_rows(copy, shift=0.5)
    assert refused(copy, "stopped") == ["R612"]
    assert met(copy, "stopped", allow_data_change=True) is not None
    resumed = train(copy, copy / "stopped", allow_data_change=True)
    assert [problem.code for problem in resumed.outcome.warnings] == ["R613"]
    (accepted,) = json.loads((copy / "stopped" / "environment.json").read_text())["accepted"]
    assert accepted["step"] == 7
    assert len(accepted["data"]) == 2


def test_data_that_make_an_epoch_longer_are_never_accepted(copy: Path):
    write_rows(copy, count=50)
    assert refused(copy, "stopped", allow_data_change=True) == ["R612"]


def test_a_spec_that_reads_other_data_is_told_once(copy: Path):
    assert refused(copy, "stopped", "data.ignore=[b]") == ["R611"]


def before_the_key_existed(run: Path, key: str) -> None:
    """Make a folder one that was begun when the language had no such key of `training`."""
    program, environment = (json.loads((run / name).read_text()) for name in WRITTEN)
    keys = {name: value for name, value in program["program"]["spec"]["arguments"]["items"]}
    items = keys["training"]["value"]["arguments"]["items"]
    items.remove(next(item for item in items if item[0] == key))
    environment["program_hash"] = "of the language as it was"
    for name, content in zip(WRITTEN, (program, environment), strict=True):
        (run / name).write_text(json.dumps(content))


def test_a_run_that_is_older_than_a_key_with_a_default_goes_on(copy: Path):
    before_the_key_existed(copy / "stopped", "accumulate")
    assert met(copy, "stopped") == Met(copy / "stopped", finished=False)
    assert refused(copy, "stopped", "training.accumulate=2") == ["R611"]
    run = shutil.copytree(copy / "stopped", copy / "runs" / "small" / "1")
    same_command = FitOptions(runs=copy / "runs", resume=True)
    assert meet(prepared(copy), same_command) == Met(run, finished=False)
    assert meet(prepared(copy, "training.accumulate=2"), same_command) is None


def test_fresh_never_overwrites_a_run(place: Path):
    assert refused(place, "stopped", fresh=True) == ["R603"]


def test_a_run_that_lost_its_status_is_compared_all_the_same(copy: Path):
    (copy / "stopped" / "status.json").unlink()
    assert met(copy, "stopped") == Met(copy / "stopped", finished=False)
    assert refused(copy, "stopped", "optimizer.learning_rate=0.5") == ["R611"]
    assert refused(copy, "stopped", fresh=True) == ["R603"]
    (copy / "stopped" / "program.json").unlink()
    assert refused(copy, "stopped") == ["R602"]


@pytest.mark.parametrize("content", [None, "", "{}", "[" * 100_000])
def test_a_run_that_lost_its_environment_is_never_begun_anew(copy: Path, content: str | None):
    run = shutil.copytree(copy / "stopped", copy / "runs" / "small" / "1")
    environment = run / "environment.json"
    environment.unlink() if content is None else environment.write_text(content)
    again = FitOptions(runs=copy / "runs", resume=True)
    assert meet(prepared(copy), again) == Met(run, finished=False)
    assert meet(prepared(copy, "runtime.seed=9"), again) is None
    with pytest.raises(RunFolderError) as error:
        recipe.api.fit_prepared(prepared(copy), again)
    assert [problem.code for problem in error.value.problems] == ["R602"]


def test_one_line_says_what_a_new_run_does_in_another_way(copy: Path):
    shutil.copytree(copy / "finished", copy / "runs" / "small" / "1")
    line = recipe.api.differing(prepared(copy, "optimizer.learning_rate=0.03"), copy / "runs")
    assert line == f"differs from {copy / 'runs/small/1'} in optimizer.Adam.learning_rate: 0.02 -> 0.03"
    assert recipe.api.differing(prepared(copy), copy / "empty") == ""
    (copy / "runs/small/1/program.json").write_text("{")
    assert "cannot be compared" in recipe.api.differing(prepared(copy), copy / "runs")


def test_metrics_that_came_later_have_empty_cells_before(copy: Path):
    train(copy, copy / "stopped", "metrics=[accuracy, AUC]")
    header, first, second, *_ = (copy / "stopped" / "metrics.csv").read_text().splitlines()
    column = header.split(",").index("auc")
    assert first.split(",")[column] == ""
    assert float(second.split(",")[column]) >= 0
    train(copy, copy / "same")
    assert weights(copy / "stopped") == weights(copy / "same")


def test_accepted_data_with_another_number_of_columns_name_the_weights(copy: Path):
    rows = (copy / "rows.csv").read_text().splitlines()
    (copy / "rows.csv").write_text("\n".join(f"{row},{'c' if row == rows[0] else '1.5'}" for row in rows))
    with pytest.raises(RunFolderError) as error:
        train(copy, copy / "stopped", allow_data_change=True)
    (problem,) = error.value.problems
    assert problem.code == "R616"
    assert ("dense/kernel", "(2, 4)", "(3, 4)") in problem.weights
