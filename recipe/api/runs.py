"""Finished runs: where they stand, what they measure, what they predict."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from recipe.api.checking import DataError
from recipe.diagnostics.problems import (
    Problem,
    errors,
    in_order,
)
from recipe.program.programs import Program

if TYPE_CHECKING:
    import pandas as pd

    from recipe.data.datasets import Arrays


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a run stands.

    Args:
        state: `running`, `finished`, `failed`, `stopped` by a signal, or `killed` without a word.
        epochs: done.
        epochs_planned: asked for.
        step: of the newest checkpoint, None when there is none.
        resumable: whether `recipe resume` or the same `recipe fit` goes on with it.
    """

    state: str
    epochs: int
    epochs_planned: int
    step: int | None
    resumable: bool


def status(run: Path) -> Standing:
    """Where a run stands; loads no framework.

    Raises:
        RunFolderError: R601 or R602 for the folder.
    """
    from recipe.report.status import read_status
    from recipe.training.locks import is_held
    from recipe.training.manifests import step_of

    written = read_status(run)
    held = is_held(run)
    state = "killed" if written.state == "running" and not held else written.state
    steps = [step_of(path) for path in (run / "checkpoints").glob("step-*")]
    newest = max((step for step in steps if step is not None), default=None)
    resumable = not held and state in ("killed", "stopped", "failed")
    return Standing(state, written.epochs, written.epochs_planned, newest, resumable)


def evaluate(run: Path, data: Path | None = None) -> Mapping[str, Mapping[str, float]]:
    """Loss and metrics of a finished run, by split.

    Args:
        run: the run folder.
        data: a CSV file with the target column, instead of the spec's own data.

    Raises:
        RecipeError: R5xx for the data, R6xx for the folder.
    """
    from recipe.program.saving import read_program

    program = read_program(run)
    dataset = _dataset_of(program, data)
    from recipe.compiler import startup

    startup.start(program.runtime)
    from recipe.training.engines.engine import engine_for
    from recipe.training.restoring import restore

    engine = engine_for(restore(run, program).compiled)
    return {name: engine.evaluate(arrays) for name, arrays in dataset.items()}


def _dataset_of(program: Program, data: Path | None) -> "Mapping[str, Arrays]":
    from recipe.data import predicting, reading

    problems: list[Problem] = []
    if data is not None and program.facts is not None:
        arrays = predicting.encode_labelled_rows(data, program.facts, problems)
        splits = {} if arrays is None else {"data": arrays}
    else:
        dataset = reading.read(program.data, problems)
        splits = {} if dataset is None else dict(dataset.splits)
    if errors(problems) or not splits:
        raise DataError(in_order(problems))
    return splits


def predict(run: Path, file: Path) -> "tuple[pd.DataFrame, tuple[Problem, ...]]":
    """Predictions of a finished run for the rows of a CSV file, and warnings about the rows.

    Args:
        run: the run folder.
        file: a CSV with the columns that the run was trained on, in any order; the target may be missing.

    Raises:
        RecipeError: R5xx for the rows, R6xx for the folder.
    """
    import pandas as pd

    from recipe.data import predicting
    from recipe.program.saving import read_program

    program = read_program(run)
    if program.facts is None:
        raise ValueError("a run folder's Program has facts")
    problems: list[Problem] = []
    arrays = predicting.encode_rows(file, program.facts, problems)
    if arrays is None or errors(problems):
        raise DataError(in_order(problems))
    from recipe.compiler import startup

    startup.start(program.runtime)
    from recipe.training.predicting import predictions
    from recipe.training.restoring import restore

    (inputs,) = arrays.inputs.values()
    return pd.DataFrame(predictions(restore(run, program), inputs)), in_order(problems)
