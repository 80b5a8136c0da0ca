"""Weights that never had a gradient, found in what the optimizer remembers of it."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from recipe.compiler.compiling import Compiled

# What Keras's optimizers begin at zero and add gradients, or their squares, to.
MEMORIES = ("momentum", "velocity", "average_gradient", "accumulated_grad")


def still_weights(compiled: Compiled, step: int) -> tuple[str, ...]:
    """Paths of trainable weights whose gradient was zero in every step of the run.

    Empty where the optimizer remembers no gradient: SGD without momentum, Adagrad, Ftrl. Weights that a group
    kept frozen until the end are not among them.

    Args:
        compiled: after at least one step.
        step: updates so far, at least 1.
    """
    frozen = compiled.groups.frozen | compiled.groups.frozen_at(step - 1)  # in the last step
    slots = {str(slot.path).rpartition("/")[2]: slot for slot in compiled.optimizer.variables}
    paths = (weight.path for weight in compiled.model.trainable_variables)
    return tuple(path for path in paths if path not in frozen and _is_still(path, slots))


def _is_still(path: str, slots: Mapping[str, Any]) -> bool:
    names = (f"{path.replace('/', '_')}_{memory}" for memory in MEMORIES)
    found = [slots[name] for name in names if name in slots]
    return bool(found) and not any(np.any(np.asarray(slot)) for slot in found)
