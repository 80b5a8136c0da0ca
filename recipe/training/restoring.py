"""A finished run brought back: its Program from `program.json`, its weights by path."""

import json
from dataclasses import dataclass, replace
from pathlib import Path

from recipe.compiler.compiling import Compiled, compile_program
from recipe.diagnostics.runs import NotARunFolder, RunFolderError, UnreadableRunFile
from recipe.program import saving
from recipe.program.programs import Program
from recipe.training.folders import RunFolder
from recipe.training.placements import open_placement


@dataclass(frozen=True, slots=True)
class Restored:
    """A run that can evaluate and predict again."""

    folder: RunFolder
    program: Program
    compiled: Compiled


def read_program(path: Path) -> Program:
    """The Program of a run folder.

    Raises:
        RunFolderError: R601 when this is no run folder, R602 when `program.json` is damaged.
    """
    if not (path / "status.json").is_file():
        raise RunFolderError([NotARunFolder(None, str(path), path.is_dir())])
    file = path / "program.json"
    try:
        return saving.from_json(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        remedy = "train the spec again: `recipe fit spec.yaml --fresh`"
        raise RunFolderError([UnreadableRunFile(None, str(file), str(error), remedy)]) from error


def restore(path: Path, program: Program) -> Restored:
    """The network of a run with its newest weights.

    Args:
        path: the run folder.
        program: from `read_program`.

    Raises:
        RunFolderError: R602 when a checkpoint is missing or does not fit.
    """
    folder = RunFolder(path)
    alone = replace(program, runtime=replace(program.runtime, strategy="single"))
    compiled = compile_program(alone, open_placement(alone.runtime))
    try:
        arrays = folder.read_weights()
        for weight in compiled.model.weights:
            weight.assign(arrays[weight.path])
    except (OSError, ValueError, KeyError) as error:
        remedy = "the run did not finish, or its checkpoint was changed"
        raise RunFolderError(
            [UnreadableRunFile(None, str(path / "checkpoints"), str(error), remedy)]
        ) from error
    return Restored(folder, program, compiled)
