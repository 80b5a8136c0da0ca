"""Answers of a network in the unit of the user: what a scale did to the targets, undone by Keras."""

from typing import Any

import keras

from recipe.program.facts import Target


def in_unit(target: Target, answers: Any) -> Any:
    """Numbers of a scaled target, or of the network that says it, as the user wrote them.

    Args:
        target: of kind `number`; others come back as they are.
        answers: on the scale, `(batch, ...)`.
    """
    if target.scale == "none":
        return answers
    numbers = answers * target.divisor + target.shift
    return keras.ops.expm1(numbers) if target.scale == "log" else numbers
