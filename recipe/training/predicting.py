"""Predictions for people: class names and probabilities, or numbers."""

from collections.abc import Mapping

import numpy as np

from recipe.program.facts import Target
from recipe.program.objectives import ends_in_logits
from recipe.training.engines.engine import predict
from recipe.training.restoring import Restored


def predictions(restored: Restored, inputs: np.ndarray) -> Mapping[str, np.ndarray]:
    """Columns of predictions.

    Args:
        restored: the run.
        inputs: stored values, `(examples, ...)`.

    Returns:
        `prediction`, and `probability of CLASS` for each class of a category, `probability` of a flag;
        `(examples,)` each.
    """
    facts = restored.program.facts
    if facts is None:
        raise ValueError("a Program with facts is expected")
    target = facts.targets[0]
    outputs = predict(restored.compiled, inputs)
    if target.kind == "number":
        return {"prediction": outputs[:, 0]}
    logits = ends_in_logits(restored.program.graph)
    return _flag(outputs, logits) if target.kind == "flag" else _classes(outputs, target, logits)


def _flag(outputs: np.ndarray, logits: bool) -> Mapping[str, np.ndarray]:
    probability = 1.0 / (1.0 + np.exp(-outputs[:, 0])) if logits else outputs[:, 0]
    return {"prediction": probability >= 0.5, "probability": probability}


def _classes(outputs: np.ndarray, target: Target, logits: bool) -> Mapping[str, np.ndarray]:
    shares = _softmax(outputs) if logits else outputs
    names = np.asarray(target.classes, dtype=object)
    columns: dict[str, np.ndarray] = {"prediction": names[shares.argmax(axis=1)]}
    return columns | {f"probability of {name}": shares[:, index] for index, name in enumerate(target.classes)}


def _softmax(logits: np.ndarray) -> np.ndarray:
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True))
