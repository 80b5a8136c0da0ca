"""Weights by path in a safetensors file, whose head holds a sum of them."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from safetensors import safe_open
from safetensors.numpy import save

from recipe.program.manifests import DamagedError

_SUM = "sha256"


def to_bytes(arrays: Mapping[str, np.ndarray]) -> bytes:
    """The content of a file of weights.

    Args:
        arrays: of any shapes, by path.
    """
    contiguous = {path: np.asarray(array, order="C") for path, array in arrays.items()}
    content: bytes = save(contiguous, {_SUM: _sum_of(contiguous)})
    return content


def read_arrays(file: Path) -> dict[str, np.ndarray]:
    """The weights of a file by path; those that recipe did not write may have no sum.

    Raises:
        DamagedError: when they are not what was written.
        SafetensorError: when it holds no weights.
        OSError: of the system.
    """
    with safe_open(file, "numpy") as opened:
        arrays = {path: opened.get_tensor(path) for path in opened.keys()}  # noqa: SIM118
        written = (opened.metadata() or {}).get(_SUM)
    if written not in (None, _sum_of(arrays)):
        raise DamagedError("it is not what was written: its sha256 differs")
    return arrays


def _sum_of(arrays: Mapping[str, np.ndarray]) -> str:
    """sha256 over paths, types, shapes and values, in the order of the paths."""
    found = hashlib.sha256()
    for path in sorted(arrays):
        array = arrays[path]
        found.update(f"{path} {array.dtype} {array.shape}\n".encode())
        found.update(array.tobytes())
    return found.hexdigest()
