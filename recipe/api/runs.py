"""Finished runs: where they stand, what they measure, what they predict."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recipe.api.checking import DataError
from recipe.api.importing import import_modules
from recipe.api.presets import start_for_texts
from recipe.diagnostics.problems import (
    Problem,
    errors,
    in_order,
)
from recipe.program.programs import Program

if TYPE_CHECKING:
    import pandas as pd

    from recipe.catalog.calls import Call
    from recipe.data.datasets import Arrays


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a run stands.

    Args:
        state: `running`, `finished`, `failed`, `stopped` by a signal, or `killed` without a word.
        stopped: why it ended before its plan; None when it did not.
        epochs: done.
        epochs_planned: asked for.
        step: of the newest checkpoint, None when there is none.
        steps_planned: updates of the weights in the whole run.
        resumable: whether `recipe resume` or the same `recipe fit` goes on with it.
        pid: of the process that trains, None when none does.
        host: that it runs on.
        started: when it took the folder; UTC.
        fork: the run that it was forked from; None for one that started from nothing.
        fork_step: the step that it was forked at.
    """

    state: str
    stopped: str | None
    epochs: int
    epochs_planned: int
    step: int | None
    steps_planned: int
    resumable: bool
    pid: int | None
    host: str | None
    started: str | None
    fork: str | None
    fork_step: int | None


def status(run: Path) -> Standing:
    """Where a run stands; loads no framework.

    Raises:
        RunFolderError: R601 or R602 for the folder.
    """
    from recipe.program.saving import read_program
    from recipe.report.runs import origin_of
    from recipe.report.status import read_status
    from recipe.training.locks import is_held, read_holder
    from recipe.training.manifests import newest_step

    written, origin = read_status(run), origin_of(run)
    held = is_held(run)
    holder = read_holder(run) if held else None
    state = "killed" if written.state == "running" and not held else written.state
    return Standing(
        state=state,
        stopped=written.stopped,
        epochs=written.epochs,
        epochs_planned=written.epochs_planned,
        step=newest_step(run / "checkpoints"),
        steps_planned=int(str(read_program(run).training.total_steps)),
        resumable=not held and state in ("killed", "stopped", "failed"),
        pid=holder.pid if holder else None,
        host=holder.host if holder else None,
        started=holder.started if holder else None,
        fork=origin.run if origin else None,
        fork_step=origin.step if origin else None,
    )


def evaluate(
    run: Path, data: Path | None = None, *, allow_imports: bool = False
) -> tuple[Mapping[str, Mapping[str, float]], tuple[Problem, ...]]:
    """Loss and metrics of a finished run, by split, and warnings about data that are not its own.

    Args:
        run: the run folder.
        data: a CSV or Parquet file with the target column, a folder of images by class, or one that holds
            the folders of images and of masks, called as in training, or a table that names images as that
            of the training does; instead of the spec's data.
        allow_imports: let the modules of the run's `imports` be imported; they are code.

    Raises:
        RecipeError: R5xx for the data, R6xx for the folder.
    """
    from recipe.program.saving import read_program

    program = read_program(run)
    import_modules(program, allowed=allow_imports)
    start_for_texts(program)
    problems: list[Problem] = []
    dataset = _dataset_of(program, data, problems)
    from recipe.compiler import startup

    startup.start(program.runtime)
    from recipe.training.engines.engine import engine_for
    from recipe.training.restoring import restore

    engine = engine_for(restore(run, program).compiled)
    measured = {name: engine.evaluate(arrays) for name, arrays in dataset.items()}
    return measured, () if data is None else in_order(problems)


def _dataset_of(program: Program, data: Path | None, problems: list[Problem]) -> "Mapping[str, Arrays]":
    from recipe.data import predicting, reading

    if data is not None and program.facts is not None:
        like = _trained_on(program)
        rows = predicting.rows_at(data, program.facts, problems, like)
        arrays = (
            None if rows is None else predicting.encode_labelled_rows(rows, program.facts, problems, like)
        )
        splits = {} if arrays is None else {"data": arrays}
    else:
        dataset = reading.read(program.data, problems)
        splits = {} if dataset is None else dict(dataset.splits)
    if errors(problems) or not splits:
        raise DataError(in_order(problems))
    return splits


def _trained_on(program: Program) -> "Call | None":
    """The source of the training examples."""
    sources = program.data.sources
    return sources.get("source") or sources.get("train")


def predict(
    run: Path, file: Path, *, masks: Path | None = None, allow_imports: bool = False
) -> "tuple[pd.DataFrame, tuple[Problem, ...]]":
    """Predictions of a finished run for the rows of a table or for images, and warnings about them.

    Args:
        run: the run folder.
        file: a CSV or Parquet file with the columns that the run was trained on, in any order; the target may
            be missing. Of a run on images also an image, a folder of them, or a table that names them as
            that of the training does; the first column then names each.
        masks: a folder that gets the masks that a segmentation says, a PNG of the size of each image; the
            column `mask` names them. Without it there are shares of pixels alone.
        allow_imports: let the modules of the run's `imports` be imported; they are code.

    Raises:
        RecipeError: R5xx for the rows, R6xx for the folder.
    """
    import pandas as pd

    from recipe.data import predicting, said_masks
    from recipe.program.saving import read_program
    from recipe.program.writing import readable

    program = read_program(run)
    if program.facts is None:
        raise ValueError("a run folder's Program has facts")
    import_modules(program, allowed=allow_imports)
    start_for_texts(program)
    problems: list[Problem] = []
    like = _trained_on(program)
    rows = predicting.rows_at(file, program.facts, problems, like)
    arrays = None if rows is None else predicting.encode_rows(rows, program.facts, problems, like)
    if rows is None or arrays is None or errors(problems):
        raise DataError(in_order(problems))
    from recipe.compiler import startup

    startup.start(program.runtime)
    from recipe.training.predicting import predictions
    from recipe.training.restoring import restore

    said = predictions(restore(run, program), arrays)
    named: dict[str, Any] = {}
    if not isinstance(rows, Path):
        named["file"] = [readable(rows.images[row]) for row in rows.rows]
    if masks is not None and said.masks:
        origins = said_masks.origins_of(rows, len(arrays), file, like)
        for target in program.facts.targets:
            several = len(program.facts.targets) > 1
            if target.is_mask:
                folder = masks / target.name if several else masks
                column = f"{target.name}: mask" if several else "mask"
                named[column] = said_masks.write_masks(folder, said.masks[target.name], target, origins)
    return pd.DataFrame({**named, **said.columns}), in_order(problems)


def says_masks(run: Path) -> bool:
    """Whether a run learned the class of every pixel, so that it says masks.

    Raises:
        RunFolderError: R601 or R602 for the folder.
    """
    from recipe.program.saving import read_program

    facts = read_program(run).facts
    return facts is not None and any(target.is_mask for target in facts.targets)


def writes_text(run: Path) -> bool:
    """Whether a run learned to say the next token of a text, so that it continues one.

    Raises:
        RunFolderError: R601 or R602 for the folder.
    """
    from recipe.program.saving import read_program

    facts = read_program(run).facts
    return facts is not None and any(target.later for target in facts.targets)


def continue_text(
    run: Path,
    file: Path,
    tokens: int = 500,
    temperature: float = 1.0,
    seed: int = 0,
    *,
    allow_imports: bool = False,
) -> str:
    """What a finished run that says the next token writes behind a text.

    Args:
        run: the run folder, see `writes_text`.
        file: a text in UTF-8, the prompt.
        tokens: how many are written.
        temperature: the logits are divided by it before a token is drawn; 0 takes the likeliest.
        seed: of the draws.
        allow_imports: let the modules of the run's `imports` be imported; they are code.

    Raises:
        RecipeError: R5xx for the text, R6xx for the folder.
    """
    from recipe.data.prompts import encode_prompt, tokenizer_of
    from recipe.program.saving import read_program

    program = read_program(run)
    tokenizer = tokenizer_of(program.facts) if program.facts else None
    if tokenizer is None:
        raise ValueError("a run that says the next token is expected")
    import_modules(program, allowed=allow_imports)
    problems: list[Problem] = []
    prompt = encode_prompt(file, tokenizer, problems)
    if prompt is None:
        raise DataError(in_order(problems))
    from recipe.compiler import startup

    startup.start(program.runtime)
    from recipe.training.generating import Sampling, continued
    from recipe.training.restoring import restore

    sampling = Sampling(tokens, temperature, seed)
    return tokenizer.decode(continued(restore(run, program), prompt, sampling))
