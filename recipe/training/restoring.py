"""A finished run brought back: its weights by path."""

from dataclasses import dataclass, replace
from pathlib import Path

from safetensors import SafetensorError

from recipe.compiler.compiling import Compiled, compile_program
from recipe.diagnostics.runs import RunFolderError, UnreadableRunFile
from recipe.program.programs import Program
from recipe.program.saving import WEIGHTS
from recipe.training.folders import RunFolder
from recipe.training.placements import open_placement


@dataclass(frozen=True, slots=True)
class Restored:
    """A run that can evaluate and predict again."""

    folder: RunFolder
    program: Program
    compiled: Compiled


def restore(path: Path, program: Program) -> Restored:
    """The network of a run with its newest weights.

    Args:
        path: the run folder.
        program: from `saving.read_program`.

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
    except FileNotFoundError:
        remedy = "the run did not finish: the `recipe fit` that began it continues it"
        raise RunFolderError([UnreadableRunFile(None, str(path / WEIGHTS), "", remedy)]) from None
    except (OSError, ValueError, KeyError, SafetensorError) as error:
        remedy = "put back a copy of it, or train the spec again: `recipe fit spec.yaml --fresh`"
        raise RunFolderError([UnreadableRunFile(None, str(path / WEIGHTS), str(error), remedy)]) from error
    return Restored(folder, program, compiled)
