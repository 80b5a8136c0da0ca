"""The batch program: what happens to a batch between gathering it and training on it."""

from dataclasses import dataclass
from typing import Any

import keras

from recipe.compiler.constructing import construct
from recipe.program.programs import BatchStep, Phase, Program, Side


@dataclass(frozen=True, slots=True)
class BatchProgram:
    """Layers to apply to a gathered batch.

    Args:
        steps: each with its layer, in order.
    """

    steps: tuple[tuple[BatchStep, Any], ...]

    def __call__(self, inputs: Any, targets: Any, *, training: bool) -> tuple[Any, Any]:
        """Inputs and targets after all steps of this phase; random steps only in training.

        Args:
            inputs: stored values, `(batch, ...)`.
            targets: stored targets, `(batch, ...)`; None where only predictions are wanted.
            training: whether random steps run.
        """
        inputs = keras.ops.cast(inputs, "float32")
        for step, layer in self.steps:
            absent = step.side is Side.TARGET and targets is None
            if absent or (step.phase is Phase.TRAINING and not training):
                continue
            random = {"training": True} if step.phase is Phase.TRAINING else {}
            if step.side is Side.INPUT:
                inputs = layer(inputs, **random)
            else:
                targets = layer(targets, **random)
        return inputs, targets

    @property
    def variables(self) -> list[Any]:
        """The state of the random steps."""
        return [variable for _, layer in self.steps for variable in layer.variables]


def build_batch_program(program: Program) -> BatchProgram:
    """The layers of a Program's batch steps."""
    return BatchProgram(tuple((step, construct(step.call, name=step.name)) for step in program.batch))
