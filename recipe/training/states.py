"""Everything that a run hangs on, as arrays and plain values: taken between blocks, put back on resume."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import keras
import numpy as np

from recipe.program.manifests import check_format
from recipe.training.engines.engine import Engine
from recipe.training.rows import Best, EpochRow

FORMAT = 1
HEADER_BYTES = 1 << 16  # of a State: names, and the rows of its epochs
# What Keras's callbacks remember, and what of it are lists of arrays. Others keep no state that we know of.
REMEMBERED: Mapping[str, tuple[str, ...]] = {
    "EarlyStopping": ("best", "wait", "stopped_epoch", "best_epoch"),
    "ReduceOnPlateau": ("best", "wait", "cooldown_left"),
    "ReduceLROnPlateau": ("best", "wait", "cooldown_counter"),
    "ModelCheckpoint": ("best", "epochs_since_last_save"),
}
REMEMBERED_ARRAYS: Mapping[str, str] = {"EarlyStopping": "best_weights"}


@dataclass(frozen=True, slots=True)
class Position:
    """Where a run stands: a pure number of the order of the data.

    Args:
        epoch: that goes on, from 0.
        step: updates of the weights so far.
        batches: of the epoch that are done.
        clipped: of these, how many were clipped by their global norm.
        spent: seconds of training so far, over all processes.
    """

    epoch: int
    step: int
    batches: int
    clipped: int = 0
    spent: float = 0.0


@dataclass(frozen=True, slots=True)
class State:
    """One moment of a run.

    Args:
        position: where it stands.
        rows: of the epochs that are done.
        best: the best epoch so far: its number and value.
        callbacks: what each callback remembers, in their order.
        arrays: weights, optimizer, seeds, metric accumulators, best weights of callbacks, by name.
    """

    position: Position
    rows: tuple[EpochRow, ...]
    best: tuple[int, float]
    callbacks: tuple[Mapping[str, Any], ...]
    arrays: Mapping[str, np.ndarray]

    def to_files(self) -> dict[str, bytes]:
        """The files of a checkpoint; arrays in safetensors, which can hold no code."""
        from safetensors.numpy import save

        content = {
            "format": FORMAT,
            "position": asdict(self.position),
            "rows": [asdict(row) for row in self.rows],
            "best": list(self.best),
            "callbacks": [dict(remembered) for remembered in self.callbacks],
        }
        arrays = {name: np.asarray(array, order="C") for name, array in self.arrays.items()}
        return {"state.json": json.dumps(content).encode(), "arrays.safetensors": save(arrays)}

    @classmethod
    def from_files(cls, files: Mapping[str, bytes]) -> "State":
        """The State of a checkpoint's files.

        Raises:
            OtherFormatError: when they are of another format.
        """
        from safetensors.numpy import load

        content = json.loads(files["state.json"])
        check_format(content, FORMAT)
        epoch, value = content["best"]
        return cls(
            Position(**content["position"]),
            tuple(EpochRow(**row) for row in content["rows"]),
            (epoch, value),
            tuple(content["callbacks"]),
            load(files["arrays.safetensors"]),
        )


def variables_of(engine: Engine) -> dict[str, Any]:
    """Every variable that a run changes, by a name that is the same in every process.

    Keras names seed generators by a global counter, so places identify variables; paths are for readers.
    """
    compiled = engine.compiled
    groups = {
        "model": compiled.model.variables,
        "optimizer": compiled.optimizer.variables,
        "batch": compiled.batch.variables,
        "metrics": [variable for metric in engine.measures for variable in metric.variables],
    }
    return {
        f"{group}/{index:04d}/{_readable(variable.path)}": variable
        for group, variables in groups.items()
        for index, variable in enumerate(variables)
    }


def _readable(path: str) -> str:
    return "seed" if path.endswith("seed_generator_state") else path


def weights_in(arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The weights of the network in a State's arrays, by path."""
    named = (name.split("/", 2) for name in arrays if name.startswith("model/"))
    return {path: arrays[f"{group}/{index}/{path}"] for group, index, path in named if path != "seed"}


def take(
    engine: Engine, callbacks: Sequence[Any], position: Position, rows: Sequence[EpochRow], best: Best
) -> State:
    """The State of a run between two blocks; arrays are copies."""
    remembered = tuple(_remember(callback) for callback in callbacks)
    arrays = arrays_of(engine, callbacks)
    return State(position, tuple(rows), (best.epoch, best.value), remembered, arrays)


def arrays_of(engine: Engine, callbacks: Sequence[Any]) -> dict[str, np.ndarray]:
    """Copies of all arrays that a State holds, by name."""
    arrays = {name: _copy(variable) for name, variable in variables_of(engine).items()}
    for index, callback in enumerate(callbacks):
        for number, array in enumerate(_remembered_arrays(callback)):
            arrays[f"callback/{index:04d}/{number:04d}"] = np.array(array)
    return arrays


def counted(engine: Engine) -> dict[str, np.ndarray]:
    """What loss and metrics have counted so far, by name."""
    metrics = {
        name: variable for name, variable in variables_of(engine).items() if name.startswith("metrics/")
    }
    return {name: _copy(variable) for name, variable in metrics.items()}


def num_bytes(engine: Engine, callbacks: Sequence[Any]) -> int:
    """About how many bytes a State takes on the disk, with the arrays that callbacks will remember."""
    variables = sum(_bytes(variable) for variable in variables_of(engine).values())
    weights = sum(_bytes(weight) for weight in engine.compiled.model.weights)
    copies = sum(type(callback).__name__ in REMEMBERED_ARRAYS for callback in callbacks)
    return variables + copies * weights + HEADER_BYTES


def _bytes(variable: Any) -> int:
    array: np.ndarray = keras.ops.convert_to_numpy(variable)
    return array.nbytes


def assign(engine: Engine, arrays: Mapping[str, np.ndarray]) -> None:
    """Give variables of a run the values that stand under their names."""
    variables = variables_of(engine)
    with engine.scope():
        for name, array in arrays.items():
            variables[name].assign(array)


def put_back(state: State, engine: Engine, callbacks: Sequence[Any]) -> None:
    """Make engine and callbacks what they were.

    Raises:
        ValueError: when the State is of another network.
    """
    variables = variables_of(engine)
    saved = {name for name in state.arrays if not name.startswith("callback/")}
    if saved != set(variables):
        differing = sorted(saved ^ set(variables))
        raise ValueError(f"the checkpoint is of another network: {', '.join(differing[:3])}")
    assign(engine, {name: state.arrays[name] for name in variables})
    for index, (callback, remembered) in enumerate(zip(callbacks, state.callbacks, strict=True)):
        _recall(callback, remembered, list(_saved_arrays(state, index)))


def _copy(variable: Any) -> np.ndarray:
    return np.array(keras.ops.convert_to_numpy(variable))


def _remember(callback: Any) -> Mapping[str, Any]:
    names = REMEMBERED.get(type(callback).__name__, ())
    return {"class": type(callback).__name__} | {
        name: _plain(getattr(callback, name, None)) for name in names
    }


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | str) else float(value)


def _remembered_arrays(callback: Any) -> Sequence[np.ndarray]:
    name = REMEMBERED_ARRAYS.get(type(callback).__name__)
    return (getattr(callback, name) or ()) if name else ()


def _saved_arrays(state: State, index: int) -> Iterator[np.ndarray]:
    prefix = f"callback/{index:04d}/"
    return (state.arrays[name] for name in sorted(state.arrays) if name.startswith(prefix))


def _recall(callback: Any, remembered: Mapping[str, Any], arrays: list[np.ndarray]) -> None:
    if remembered["class"] != type(callback).__name__:
        raise ValueError(f"a {remembered['class']} is expected among the callbacks. Received: {callback}")
    for name in REMEMBERED.get(remembered["class"], ()):
        setattr(callback, name, remembered[name])
    arrays_name = REMEMBERED_ARRAYS.get(remembered["class"])
    if arrays_name and arrays:
        setattr(callback, arrays_name, arrays)
