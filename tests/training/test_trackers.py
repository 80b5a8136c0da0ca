"""TensorBoard and MLflow are told what `metrics.csv` says, once, however often a run was killed."""

from collections import defaultdict
from pathlib import Path

import pandas as pd
import pytest

import recipe
from recipe.cli.progress import Silent
from recipe.diagnostics.monitoring import TrackerError
from recipe.training.event_files import cut_back
from tests.training.specs import DIGITS

SPEC = DIGITS.replace("epochs: 2", "epochs: 4")
CHECKPOINTS = "checkpoint: {every: 10 steps}"  # an epoch has 24
COLUMNS = ["loss", "accuracy"]


class Killed(Silent):
    """Ends the process in the middle of the third epoch."""

    def block(self, step, epoch, logs):
        if step > 60:
            raise KeyboardInterrupt


def killed_and_resumed(spec: recipe.api.Spec, folder: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        recipe.fit(spec, folder=folder, progress=(Killed(),))
    recipe.api.resume(folder)


# -- TensorBoard ---------------------------------------------------------------------------------


def scalars(folder: Path, side: str) -> dict[str, list[tuple[int, float]]]:
    """What TensorBoard's own reader finds."""
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    read = accumulator.EventAccumulator(str(folder / "events" / side), size_guidance={"scalars": 0})
    read.Reload()
    return {tag: [(event.step, event.value) for event in read.Scalars(tag)] for tag in read.Tags()["scalars"]}


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A whole run, and one that was killed and resumed."""
    pytest.importorskip("tensorboard")
    place = tmp_path_factory.mktemp("events")
    spec = recipe.load("a.yaml", text=f"{SPEC}monitor: {{tensorboard: true, {CHECKPOINTS}}}\n")
    recipe.fit(spec, folder=place / "whole")
    killed_and_resumed(spec, place / "resumed")
    return place / "whole", place / "resumed"


@pytest.mark.parametrize("which", [0, 1], ids=["whole", "resumed"])
def test_tensorboard_reads_the_metrics_of_every_epoch_once(events: tuple[Path, Path], which: int):
    folder = events[which]
    metrics = pd.read_csv(folder / "metrics.csv")
    train, validation = scalars(folder, "train"), scalars(folder, "validation")
    for column in COLUMNS:
        for read, name in ((train, column), (validation, f"val_{column}")):
            assert [step for step, _ in read[column]] == list(metrics["step"])
            assert [value for _, value in read[column]] == pytest.approx(list(metrics[name]), rel=1e-6)
    assert [value for _, value in train["learning_rate"]] == pytest.approx(list(metrics["learning_rate"]))


@pytest.mark.parametrize("which", [0, 1], ids=["whole", "resumed"])
def test_tensorboard_reads_the_rows_inside_the_epochs_once(events: tuple[Path, Path], which: int):
    folder = events[which]
    steps = pd.read_csv(folder / "steps.csv")
    read = scalars(folder, "train")
    assert [step for step, _ in read["steps/loss"]] == list(steps["step"])
    assert [value for _, value in read["steps/loss"]] == pytest.approx(list(steps["loss"]))


def test_half_a_record_of_a_killed_process_is_taken_away(events: tuple[Path, Path], tmp_path: Path):
    (path,) = (events[0] / "events" / "validation").iterdir()
    content, torn = path.read_bytes(), tmp_path / path.name
    torn.write_bytes(content[:-5])
    assert cut_back(torn, 10**9) == {"epoch": 72}
    assert content.startswith(torn.read_bytes())
    torn.write_bytes(b"no event file at all")
    assert cut_back(torn, 10**9) == {}
    assert torn.read_bytes() == b""


# -- MLflow --------------------------------------------------------------------------------------


def mlflow_runs(store: Path) -> list[object]:
    """What MLflow's own client finds in a store."""
    client = pytest.importorskip("mlflow").MlflowClient(store.as_uri())
    experiment = client.get_experiment_by_name("small")
    return [(client, run) for run in client.search_runs([experiment.experiment_id])]


@pytest.fixture(scope="module")
def tracked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a run that was killed and resumed, and a store of MLflow."""
    pytest.importorskip("mlflow")
    place = tmp_path_factory.mktemp("mlflow")
    monitor = f"monitor: {{mlflow: {{store: {place / 'store'}}}, {CHECKPOINTS}}}\n"
    killed_and_resumed(recipe.load("a.yaml", text=SPEC + monitor), place / "run")
    return place


def test_mlflow_has_one_run_with_every_epoch_once(tracked: Path):
    ((client, run),) = mlflow_runs(tracked / "store")
    metrics = pd.read_csv(tracked / "run" / "metrics.csv")
    told = defaultdict(list)
    for name in (*COLUMNS, "val_loss", "val_accuracy"):
        history = sorted(client.get_metric_history(run.info.run_id, name), key=lambda one: one.step)
        assert [one.step for one in history] == list(metrics["step"])
        told[name] = [one.value for one in history]
    assert told["val_loss"] == pytest.approx(list(metrics["val_loss"]))
    assert run.info.status == "FINISHED"
    assert run.data.metrics["test_accuracy"] > 0.5


def test_mlflow_has_the_settled_values_and_the_spec(tracked: Path):
    ((client, run),) = mlflow_runs(tracked / "store")
    assert run.data.params["optimizer.SGD.learning_rate"] == "0.1"
    assert run.data.params["training.batch_size"] == "64"
    kept = {one.path for one in client.list_artifacts(run.info.run_id)}
    assert {"spec.yaml", "metrics.csv", "program.json"} <= kept


def test_a_store_that_cannot_be_used_is_told_before_the_first_step(tmp_path: Path):
    pytest.importorskip("mlflow")
    (tmp_path / "file").write_text("in the way")
    spec = recipe.load("a.yaml", text=f"{SPEC}monitor: {{mlflow: {{store: {tmp_path / 'file'}}}}}\n")
    with pytest.raises(TrackerError) as refused:
        recipe.fit(spec, folder=tmp_path / "run")
    assert [problem.code for problem in refused.value.problems] == ["R631"]
    assert refused.value.exit_code == 6


def test_a_store_that_fails_on_the_way_costs_no_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    client = pytest.importorskip("mlflow").MlflowClient
    spec = recipe.load("a.yaml", text=f"{SPEC}monitor: {{mlflow: {{store: {tmp_path / 'store'}}}}}\n")

    def full(*arguments, metrics=(), **further):
        if metrics:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(client, "log_batch", full)
    assert len(recipe.fit(spec, folder=tmp_path / "run").history) == 4
    assert (tmp_path / "run" / "log.txt").read_text().count("R632") == 1
