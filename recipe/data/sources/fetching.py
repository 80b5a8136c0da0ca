"""Data sets that a framework fetches: in a process of its own, so that this one can still start another way.

Keras and TensorFlow read their settings (the backend, threads, precision of products) when they are imported,
and a run settles them after its data are read. This module is the program that is run.
"""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_PATIENCE = 60  # seconds that a server may be silent
_LONGEST_REASON = 300

# Names of columns where Keras gives one array of numbers; its documentation has them in this order.
_COLUMNS = {
    "california_housing": (
        *("MedInc", "HouseAge", "AveRooms", "AveBedrms", "Population", "AveOccup", "Latitude", "Longitude"),
    )
}
FIRST_WORDS = ("<pad>", "<start>", "<unknown>", "<unused>")
"""What Keras's first ids mean: it moves the words of a text up by three, and counts them from one."""


def fetch(task: str, **settings: Any) -> str:
    """Run a task of this module in a process of its own.

    Args:
        task: `keras` or `tfds`.
        settings: for the task, as JSON has them.

    Returns:
        Why it failed, in one line; empty when it did not.
    """
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONWARNINGS": "ignore"}
    # With `-P` the modules beside this one, named like those of Python, are none that it finds.
    command = [sys.executable, "-P", str(Path(__file__))]
    asked = json.dumps({"task": task, "settings": settings})
    done = subprocess.run(command, input=asked, env=environment, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return ""
    lines = [line for line in done.stderr.splitlines() if line.strip() and not line.startswith(" ")]
    return (lines[-1] if lines else f"exit code {done.returncode}")[:_LONGEST_REASON]


def padded(texts: Any, length: int | None) -> NDArray[np.int32]:
    """Texts of different lengths as one array, zeros in front, cut at the front, as Keras does.

    Args:
        texts: lists of ids.
        length: of every text; None: of the longest.
    """
    longest = length or max(map(len, texts))
    found = np.zeros((len(texts), longest), dtype=np.int32)
    for row, text in zip(found, texts, strict=True):
        kept = text[-longest:]
        row[longest - len(kept) :] = kept
    return found


def named_words(index: Mapping[str, int], words: int | None) -> list[str]:
    """The word of every id, from the index of a data set of Keras.

    Args:
        index: rank by word, from 1.
        words: how many ids there are; None: all.
    """
    ranked = sorted(index, key=index.__getitem__)
    return [*FIRST_WORDS, *ranked][:words]


def _keras(name: str, split: str, words: int | None, length: int | None, file: str) -> None:
    """Write one part of a data set of Keras as `.npz`."""
    import keras

    module = getattr(keras.datasets, name)
    is_text = hasattr(module, "get_word_index")
    both = module.load_data(num_words=words) if is_text else module.load_data()
    x, y = both[("train", "test").index(split)]
    arrays: dict[str, Any] = {"x": x, "y": np.asarray(y).reshape(-1)}
    if is_text:
        arrays["x"] = padded(x, length)
        arrays["words"] = np.asarray(named_words(module.get_word_index(), words))
    if hasattr(module, "get_label_names"):
        arrays["y"] = np.asarray(module.get_label_names())[arrays["y"]]
    if name in _COLUMNS:
        arrays["columns"] = np.asarray(_COLUMNS[name])
    np.savez(file, **arrays)


def _tfds(name: str, data_dir: str | None) -> None:
    """Fetch and prepare a data set of TensorFlow."""
    import tensorflow_datasets as tfds

    tfds.builder(name, data_dir=data_dir).download_and_prepare()


TASKS: Mapping[str, Callable[..., None]] = {"keras": _keras, "tfds": _tfds}


def main() -> None:
    """Run the task that standard input names."""
    asked = json.loads(sys.stdin.read())
    socket.setdefaulttimeout(_PATIENCE)
    TASKS[asked["task"]](**asked["settings"])


if __name__ == "__main__":
    main()
