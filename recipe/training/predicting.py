"""Predictions for people: class names and probabilities, or numbers."""

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from recipe.data import scales
from recipe.data.datasets import Arrays
from recipe.program.facts import Scaling, Target
from recipe.program.objectives import ends_in_logits
from recipe.training.engines.engine import predicted
from recipe.training.restoring import Restored

_BETWEEN = "|"
"""Between labels that stand in no cell where they are learned."""


@dataclass(frozen=True, slots=True)
class Predictions:
    """What a network says of some rows.

    Args:
        rows: which.
        columns: by name, `(examples,)` each.
        masks: by name of the target, the class of each pixel by index, uint8 `(examples, height, width)`.
    """

    rows: slice
    columns: Mapping[str, np.ndarray]
    masks: Mapping[str, np.ndarray]


def predictions(restored: Restored, rows: Arrays) -> Iterator[Predictions]:
    """What a network says, as columns and as masks, some rows at a time.

    Args:
        restored: the run.
        rows: stored values of their inputs, and how many steps they have.

    Yields:
        `prediction`, and `probability of CLASS` for each class of a category or each label, `probability` of
        a flag; `(examples,)` each. Labels are said whose probability is above one half, written as in a cell.
        The steps of a sequence are written as in a cell, as many as the row has. A target that is an array
        has `prediction at POSITION` for each of its positions instead, a mask
        `share of CLASS` of its pixels for each class, and where
        there are several targets, `TARGET: ` stands before every name. A forecast of a series has a row for
        each step, `(steps,)`: `step` from 1, and its columns in their own units.
    """
    facts = restored.program.facts
    if facts is None:
        raise ValueError("a Program with facts is expected")
    for part, outputs in predicted(restored.compiled, rows.inputs):
        counts = None if rows.num_steps is None else rows.num_steps[part]
        columns: dict[str, np.ndarray] = {}
        masks: dict[str, np.ndarray] = {}
        for target in facts.targets:
            logits = ends_in_logits(restored.program.graph, target.name)
            output = outputs[target.name]
            if target.is_mask:
                masks[target.name] = said_classes(output, target, logits=logits)
                found: Mapping[str, np.ndarray] = _shares(masks[target.name], target)
            elif target.is_sequence:
                found = _steps(output, target, counts)
            else:
                found = _columns(output, target, logits)
            prefix = f"{target.name}: " if len(facts.targets) > 1 else ""
            columns |= {f"{prefix}{name}": values for name, values in found.items()}
        yield Predictions(part, columns, masks)


def said_classes(outputs: np.ndarray, target: Target, *, logits: bool) -> np.ndarray:
    """The class of each pixel that a network says, uint8 `(examples, height, width)`.

    Args:
        outputs: of the network, `(examples, height, width, units)`.
        target: a mask.
        logits: whether these are logits.
    """
    if target.kind != "flag":
        return np.asarray(outputs.argmax(axis=-1).astype(np.uint8))
    return np.asarray((outputs[..., 0] >= (0.0 if logits else 0.5)).astype(np.uint8))


def _shares(said: np.ndarray, target: Target) -> Mapping[str, np.ndarray]:
    """The share of the pixels that each class has, `(examples,)` each."""
    names = enumerate(target.classes)
    return {f"share of {name}": (said == index).mean(axis=(1, 2)) for index, name in names}


def _columns(outputs: np.ndarray, target: Target, logits: bool) -> Mapping[str, np.ndarray]:
    if target.scaling is not None:
        return _forecast(outputs[0], target.scaling)
    if target.is_array and not target.are_labels:
        return dict(_at_positions(outputs, target))
    return _COLUMNS[target.kind](outputs, target, logits)


def _number(outputs: np.ndarray, target: Target, logits: bool) -> Mapping[str, np.ndarray]:
    return {"prediction": scales.undo(target.statistics, outputs[:, 0].astype(np.float64))}


def _forecast(steps: np.ndarray, scaling: Scaling) -> Mapping[str, np.ndarray]:
    values = steps * np.asarray(scaling.stds) + np.asarray(scaling.means)
    counted = {"step": np.arange(1, len(values) + 1)}
    return counted | {name: values[:, index] for index, name in enumerate(scaling.names)}


def _steps(outputs: np.ndarray, target: Target, counts: np.ndarray | None) -> Mapping[str, np.ndarray]:
    """The class or the number of each step as a cell has them; of all steps where nothing counts them."""
    if target.kind == "number":
        numbers = scales.undo(target.statistics, outputs[..., 0].astype(np.float64))
        names = np.asarray([[f"{one:.9g}" for one in row] for row in numbers.tolist()], dtype=object)
    else:
        names = np.asarray(target.classes, dtype=object)[outputs.argmax(axis=-1)]
    counts = np.full(len(names), names.shape[1]) if counts is None else counts
    said = [target.separator.join(row[:count]) for row, count in zip(names, counts, strict=True)]
    return {"prediction": np.asarray(said, dtype=object)}


def _at_positions(outputs: np.ndarray, target: Target) -> Iterator[tuple[str, np.ndarray]]:
    """The class or the number at each position, which are counted from 0 along every axis."""
    said = outputs
    if target.kind == "category":
        said = np.asarray(target.classes, dtype=object)[outputs.argmax(axis=-1)]
    flat = said.reshape(len(said), -1)
    for number, position in enumerate(itertools.product(*map(range, target.shape))):
        yield f"prediction at {', '.join(map(str, position))}", flat[:, number]


def _flag(outputs: np.ndarray, target: Target, logits: bool) -> Mapping[str, np.ndarray]:
    probability = _sigmoid(outputs[:, 0]) if logits else outputs[:, 0]
    return {"prediction": probability >= 0.5, "probability": probability}


def _classes(outputs: np.ndarray, target: Target, logits: bool) -> Mapping[str, np.ndarray]:
    shares = _softmax(outputs) if logits else outputs
    names = np.asarray(target.classes, dtype=object)
    columns: dict[str, np.ndarray] = {"prediction": names[shares.argmax(axis=1)]}
    return columns | {f"probability of {name}": shares[:, index] for index, name in enumerate(target.classes)}


def _labels(outputs: np.ndarray, target: Target, logits: bool) -> Mapping[str, np.ndarray]:
    shares, classes = _sigmoid(outputs) if logits else outputs, target.classes
    between = target.separator or _BETWEEN
    said = [
        between.join(name for name, share in zip(classes, row, strict=True) if share > 0.5)
        for row in shares.tolist()
    ]
    columns: dict[str, np.ndarray] = {"prediction": np.asarray(said, dtype=object)}
    return columns | {f"probability of {name}": shares[:, index] for index, name in enumerate(classes)}


_COLUMNS: Mapping[str, Callable[[np.ndarray, Target, bool], Mapping[str, np.ndarray]]] = MappingProxyType(
    {"category": _classes, "labels": _labels, "flag": _flag, "number": _number}
)


def _sigmoid(logits: np.ndarray) -> np.ndarray:
    return np.asarray(1.0 / (1.0 + np.exp(-logits)))


def _softmax(logits: np.ndarray) -> np.ndarray:
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True))
