"""What finished runs say: of the rows of a table, of images, or behind a text."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recipe.api.checking import DataError
from recipe.api.importing import import_modules
from recipe.api.presets import start_for_texts
from recipe.api.runs import trained_on
from recipe.diagnostics.data_files import UnreadableFile
from recipe.diagnostics.problems import Problem, errors, in_order
from recipe.program.facts import Target

if TYPE_CHECKING:
    import pandas as pd

    from recipe.data.said_masks import Origins
    from recipe.training.predicting import Predictions


def predict(
    run: Path, file: Path, *, masks: Path | None = None, allow_imports: bool = False
) -> "tuple[pd.DataFrame, tuple[Problem, ...]]":
    """Predictions of a finished run in one table; see `predictions`."""
    import pandas as pd

    frames, warnings = predictions(run, file, masks=masks, allow_imports=allow_imports)
    return pd.concat(frames, ignore_index=True), warnings


def predictions(
    run: Path, file: Path, *, masks: Path | None = None, allow_imports: bool = False
) -> "tuple[Iterator[pd.DataFrame], tuple[Problem, ...]]":
    """Predictions of a finished run for the rows of a table or for images, and warnings about them.

    They are made some rows at a time, when they are asked for: memory need not hold all.

    Args:
        run: the run folder.
        file: a CSV or Parquet file with the columns that the run was trained on, in any order; the target may
            be missing. Of a run on images also an image, a folder of them, or a table that names them as
            that of the training does; the first column then names each.
        masks: a folder that gets the masks that a segmentation says, a PNG of the size of each image; the
            column `mask` names them. Without it there are shares of pixels alone.
        allow_imports: let the modules of the run's `imports` be imported; they are code.

    Raises:
        RecipeError: R5xx for the rows, while they are predicted too, R6xx for the folder.
    """
    from recipe.data import predicting, said_masks
    from recipe.program.saving import read_untouched

    program = read_untouched(run)
    if program.facts is None:
        raise ValueError("a run folder's Program has facts")
    import_modules(program, allowed=allow_imports)
    start_for_texts(program)
    problems: list[Problem] = []
    like = trained_on(program)
    rows = predicting.rows_at(file, program.facts, problems, like)
    arrays = None if rows is None else predicting.encode_rows(rows, program.facts, problems, like)
    if rows is None or arrays is None or errors(problems):
        raise DataError(in_order(problems))
    origins = said_masks.origins_of(rows, len(arrays), file, like)
    from recipe.compiler import startup

    startup.start(program.runtime)
    from recipe.training import predicting as said
    from recipe.training.restoring import restore

    parts = said.predictions(restore(run, program), arrays)
    frames = (_frame(part, program.facts.targets, origins, masks) for part in parts)
    return _read(frames, file), in_order(problems)


def _read(frames: "Iterator[pd.DataFrame]", file: Path) -> "Iterator[pd.DataFrame]":
    """Tables whose rows are read when they are asked for, from a disk that may be away by then."""
    try:
        yield from frames
    except OSError as error:
        words = (error.strerror or str(error)).lower()
        raise DataError([UnreadableFile(None, str(error.filename or file), words)]) from error


def _frame(
    said: "Predictions", targets: Sequence[Target], origins: "Origins", masks: Path | None
) -> "pd.DataFrame":
    """What is said of some rows; their masks are written."""
    import pandas as pd

    from recipe.data.said_masks import write_masks
    from recipe.program.writing import readable

    named: dict[str, Any] = {}
    if origins.root is not None:
        named["file"] = [readable(name) for name in origins.names[said.rows]]
    for target in targets:
        if masks is not None and target.is_mask:
            several = len(targets) > 1
            folder = masks / target.name if several else masks
            column = f"{target.name}: mask" if several else "mask"
            named[column] = write_masks(folder, said.masks[target.name], target, origins, said.rows)
    return pd.DataFrame({**named, **said.columns})


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
    from recipe.program.saving import read_untouched

    program = read_untouched(run)
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
