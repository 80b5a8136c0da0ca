"""A run in MLflow: its settled values, its metrics by step, and at the end its spec and curves."""

import json
import math
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from recipe.diagnostics.monitoring import TrackerError, TrackerFailed, TrackerRefused
from recipe.diagnostics.problems import Problem
from recipe.program.hashing import program_hash
from recipe.program.identity import identity
from recipe.program.programs import Program, Tracking
from recipe.program.writing import write_atomically
from recipe.training.rows import Best, EpochRow

FILE = "mlflow.json"
ARTIFACTS = ("spec.yaml", "program.json", "metrics.csv", "environment.json")
STATES: Mapping[str, str] = {"finished": "FINISHED", "stopped": "KILLED", "failed": "FAILED"}
LEAST_SECONDS = 1.0
_PATH = "monitor.mlflow"
_STORE = "mlruns"
_LONGEST = 6000  # characters of a parameter
_MOST = 100  # parameters in a request


@dataclass(slots=True)
class MlflowRun:
    """Tells MLflow of epochs, once a second at most; a resumed run goes on in the MLflow run that it began.

    Args:
        tracking: what the spec asks for.
        folder: of the run; `mlflow.json` in it knows the MLflow run.
        rows: gives the epochs that are done.
        tell: where to say that MLflow failed.
    """

    tracking: Tracking
    folder: Path
    rows: Callable[[], Sequence[EpochRow]]
    tell_problem: Callable[[Problem], None]
    _client: Any = None
    _run: str = ""
    _last_step: int = 0
    _told_at: float = field(default_factory=time.monotonic)

    def begin(self, program: Program, parameters: int) -> None:
        """Begin a run of MLflow, or go on with the one of this folder.

        Raises:
            TrackerError: R631 when MLflow does not take it.
        """
        try:
            self._client = _client(self.tracking.store)
            self._run = self._known_run() or self._new_run(program, parameters)
            self._client.update_run(self._run, status="RUNNING")
        except Exception as error:  # of MLflow, of a database or of a server
            span = program.spec.span_of("monitor")
            raise TrackerError([TrackerRefused(span, _PATH, _in_a_line(error))]) from error
        self._tell()

    def block(self, step: int, epoch: int, logs: Mapping[str, float]) -> None:
        """Single blocks are not told."""

    def epoch(self, row: EpochRow, best: Best) -> None:
        """An epoch and its validation are done."""
        if time.monotonic() - self._told_at >= LEAST_SECONDS:
            self._tell()

    def tell(self, problem: Problem) -> None:
        """Problems stand in the log."""

    def end(self, state: str) -> None:
        """The rest of the epochs, the test and the files."""
        self._tell()
        self._careful(lambda: self._finish(state))

    def _known_run(self) -> str:
        """The MLflow run that this folder began; empty where there is none any more."""
        try:
            run = str(json.loads((self.folder / FILE).read_text(encoding="utf-8"))["run"])
        except (OSError, ValueError, KeyError, TypeError):
            return ""
        from mlflow.exceptions import MlflowException

        try:
            self._client.get_run(run)
            history = self._client.get_metric_history(run, "loss")
        except MlflowException:
            return ""
        self._last_step = max((metric.step for metric in history), default=0)
        return run

    def _new_run(self, program: Program, parameters: int) -> str:
        from mlflow.entities import Param, RunTag

        found = self._client.get_experiment_by_name(self.tracking.experiment)
        experiment = (
            found.experiment_id if found else self._client.create_experiment(self.tracking.experiment)
        )
        name = f"{program.name}/{self.folder.name}"
        run = str(self._client.create_run(experiment, run_name=name).info.run_id)
        values = [
            Param(path, value.text[:_LONGEST])
            for path, value in identity(program).items()
            if not path.startswith("architecture.")
        ]
        for start in range(0, len(values), _MOST):
            self._client.log_batch(run, params=values[start : start + _MOST])
        tags = {
            "recipe.program": program_hash(program),
            "recipe.data": program.facts.fingerprint if program.facts else "",
            "recipe.folder": str(self.folder.resolve()),
            "recipe.parameters": str(parameters),
        }
        self._client.log_batch(run, tags=[RunTag(key, value) for key, value in tags.items()])
        write_atomically(self.folder / FILE, json.dumps({"run": run}).encode())
        return run

    def _tell(self) -> None:
        self._told_at = time.monotonic()
        new = [row for row in self.rows() if row.step > self._last_step]
        self._careful(lambda: self._log(new))

    def _log(self, rows: Sequence[EpochRow]) -> None:
        from mlflow.entities import Metric

        now = int(1000 * time.time())
        for row in rows:
            values = {**row.logs, "learning_rate": row.learning_rate, "epoch_seconds": row.seconds}
            metrics = [Metric(n, value, now, row.step) for n, value in values.items() if math.isfinite(value)]
            self._client.log_batch(self._run, metrics=metrics)
            self._last_step = row.step

    def _finish(self, state: str) -> None:
        status = json.loads((self.folder / "status.json").read_text(encoding="utf-8"))
        for name, value in (status["test"] or {}).items():
            self._client.log_metric(self._run, f"test_{name}", value, step=status["step"])
        for name in ARTIFACTS:
            if (self.folder / name).exists():
                self._client.log_artifact(self._run, str(self.folder / name))
        self._client.set_terminated(self._run, STATES[state])

    def _careful(self, action: Callable[[], object]) -> None:
        """Do something with MLflow; when it fails, say so once and leave it alone."""
        if self._client is None:
            return
        try:
            action()
        except Exception as error:  # of MLflow, of a database or of a server: the run is worth more
            self._client = None
            self.tell_problem(TrackerFailed(None, _PATH, _in_a_line(error)))


def _client(store: str) -> Any:
    """MLflow's client for a folder, else for what its own environment says.

    MLflow refuses folders unless its environment allows them: it would rather have a database. A folder
    needs no server and no further package, so it is allowed here.
    """
    os.environ.setdefault("MLFLOW_ALLOW_FILE_STORE", "true")
    from mlflow import MlflowClient

    named = os.environ.get("MLFLOW_TRACKING_URI")
    return MlflowClient(named if named and not store else Path(store or _STORE).resolve().as_uri())


def _in_a_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
