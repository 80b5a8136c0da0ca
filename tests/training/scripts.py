"""What people train with Keras alone, beside which runs are put."""

from collections.abc import Mapping

import keras
import numpy as np

import recipe
from recipe.data.order import epoch_order
from recipe.program.seeds import derive


def fit(
    model: keras.Model, inputs: np.ndarray, answers: np.ndarray, *, seed: int, epochs: int, batch: int
) -> Mapping[str, list[float]]:
    """Train a compiled model on examples in the order in which a run of this seed sees them.

    Returns:
        The loss and each metric, by epoch.
    """
    found: dict[str, list[float]] = {}
    for epoch in range(epochs):
        order = epoch_order(derive(seed, "order"), epoch, len(inputs))
        fitted = model.fit(inputs[order], answers[order], batch_size=batch, shuffle=False, verbose=0)
        for name, values in fitted.history.items():
            found[name] = [*found.get(name, []), *values]
    return found


def assert_same_weights(run: recipe.api.Run, model: keras.Model) -> None:
    """Compare what a run has learned with what a model has; the shapes may differ by axes of length 1."""
    for ours, theirs in zip(run.model.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs.reshape(ours.shape), atol=1e-6)
