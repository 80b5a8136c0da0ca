"""A program that never heard of recipe: it loads saved models and predicts the rows of CSV files.

Run as `python serving_worker.py JOBS ANSWERS`, JSON files: from names to (model, rows), and to probabilities.
"""

import json
import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd

# Keras allows no `/` in a name, and has a layer called `network`.
RENAMED = {"price per/unit": "price per_unit", "network": "network_"}


def read(path: str) -> pd.DataFrame:
    """Cells as text, under the names that the model has for them."""
    return pd.read_csv(path, dtype=str, keep_default_na=False).rename(columns=RENAMED)


def feed(model: Any, rows: pd.DataFrame) -> Any:
    """What the model is called with: text where it wants text, else numbers."""
    if not isinstance(model.input, dict):
        return rows.to_numpy("float32").reshape(-1, *model.input.shape[1:])
    return {
        name: parted(rows[name], tensor)
        if tensor.shape[1] is None
        else rows[name].to_numpy()
        if tensor.dtype == "string"
        else numbers(rows, name)
        for name, tensor in model.input.items()
    }


def parted(cells: pd.Series, tensor: Any) -> np.ndarray:
    """Labels or steps, of which a cell has any number, each by itself: names or numbers."""
    found = cells.str.split(r"[| ;]", expand=True, regex=True)
    if tensor.dtype == "string":
        return found.fillna("").to_numpy(dtype=str)
    return found.astype("float64").to_numpy()


def numbers(rows: pd.DataFrame, name: str) -> np.ndarray:
    """The numbers of a column; Keras reads no dates, so that their parts are taken by pandas."""
    column, _, part = name.rpartition(".")
    if column in rows:
        return getattr(pd.to_datetime(rows[column]).dt, part).to_numpy("float64")
    return pd.to_numeric(rows[name]).to_numpy()


def main(jobs: Path, answers: Path) -> None:
    """Predict every job."""
    found = {}
    for name, (path, rows) in json.loads(jobs.read_text()).items():
        model = keras.saving.load_model(path)
        found[name] = np.asarray(model(feed(model, read(rows)))).tolist()
    answers.write_text(json.dumps(found))
    if any(module.split(".")[0] == "recipe" for module in sys.modules):
        raise RuntimeError("recipe was imported")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
