"""`init.weights`: weights that begin as those of an earlier run, or of a Keras model, by path."""

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np
from safetensors import SafetensorError

from recipe.catalog.calls import Call
from recipe.compiler.arrays import read_arrays
from recipe.diagnostics.initialization import (
    BeganAsEarlier,
    NoEarlierWeights,
    NothingBeganAsEarlier,
    OtherShape,
)
from recipe.diagnostics.problems import RecipeError
from recipe.diagnostics.spans import Span
from recipe.program.contents import earlier_weights, file_of_weights
from recipe.program.programs import Program


def load_earlier(model: Any, program: Program) -> BeganAsEarlier | None:
    """Give a network the weights that `init.weights` names; what has another path or shape stays.

    Args:
        model: built, with values.
        program: settled.

    Returns:
        What began as what; None where nothing was asked for.

    Raises:
        RecipeError: R341 when there are no weights to read, R342 when not one of them fits.
    """
    told, arrays = match_earlier(model, program)
    for weight in model.weights:
        if weight.path in arrays:
            weight.assign(arrays[weight.path])
    return told


def match_earlier(model: Any, program: Program) -> tuple[BeganAsEarlier | None, Mapping[str, np.ndarray]]:
    """What `load_earlier` would tell of a network, and the arrays that fit it, by path.

    Args:
        model: built; its weights need no values.
        program: settled.

    Raises:
        RecipeError: R341 and R342, likewise.
    """
    init, written = program.spec.get("init"), earlier_weights(program)
    if not isinstance(init, Call) or written is None:
        return None, {}
    span = init.span_of("weights")
    arrays = _read(Path(written), span)
    weights = {weight.path: weight for weight in model.weights}
    shared = [path for path in weights if path in arrays]
    fitting = [path for path in shared if tuple(weights[path].shape) == arrays[path].shape]
    others = tuple(
        OtherShape(path, arrays[path].shape, tuple(weights[path].shape))
        for path in shared
        if path not in fitting
    )
    if not fitting:
        raise RecipeError([NothingBeganAsEarlier(span, written, tuple(arrays), tuple(weights), others)])
    new = tuple(path for path in weights if path not in arrays)
    unused = tuple(path for path in arrays if path not in weights)
    told = BeganAsEarlier(span, written, len(fitting), len(weights), new, others, unused)
    return told, {path: arrays[path] for path in fitting}


def _read(path: Path, span: Span | None) -> Mapping[str, np.ndarray]:
    """Weights by path: of a run folder, a `.safetensors` file or a `.keras` file.

    Raises:
        RecipeError: R341.
    """
    file = file_of_weights(path)
    if not file.is_file():
        unfinished = path.is_dir() and (path / "status.json").is_file()
        why = "the run did not finish" if unfinished else "there is no such run or file"
        raise RecipeError([NoEarlierWeights(span, str(path), why)])
    try:
        return read_arrays(file) if file.suffix == ".safetensors" else _of_keras(file)
    except (OSError, ValueError, TypeError, KeyError, SafetensorError, zipfile.BadZipFile) as error:
        raise RecipeError([NoEarlierWeights(span, str(path), str(error).splitlines()[0])]) from error


def _of_keras(file: Path) -> Mapping[str, np.ndarray]:
    """The weights of a saved Keras model; its classes are built, none that carries code."""
    if file.suffix != ".keras":
        raise ValueError("it is neither a run folder, nor a `.keras` or `.safetensors` file")
    model = keras.saving.load_model(file, compile=False, safe_mode=True)
    return {weight.path: np.asarray(keras.ops.convert_to_numpy(weight)) for weight in model.weights}
