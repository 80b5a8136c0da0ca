"""The batch program: what happens to a batch between gathering it and training on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import keras

from recipe.compiler.constructing import construct
from recipe.program.facts import IDS
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
            inputs: stored values, `(batch, ...)`; a mapping by name where there are several.
            targets: stored targets likewise; None where only predictions are wanted.
            training: whether random steps run.
        """
        sides = {Side.INPUT: keras.tree.map_structure(_encoded, inputs), Side.TARGET: targets}
        for step, layer in self.steps:
            values = sides[step.side]
            if values is None or (step.phase is Phase.TRAINING and not training):
                continue
            if step.mask:
                changed, mask = _moved(layer, _at(values, step.of), _at(sides[Side.TARGET], step.mask))
                sides[Side.TARGET] = _with(sides[Side.TARGET], step.mask, mask)
            else:
                random = {"training": True} if step.phase is Phase.TRAINING else {}
                changed = layer(_at(values, step.of), **random)
            sides[step.side] = _with(values, step.of, changed)
        return sides[Side.INPUT], sides[Side.TARGET]

    @property
    def variables(self) -> list[Any]:
        """The state of the random steps."""
        return [variable for _, layer in self.steps for variable in layer.variables]


def _encoded(values: Any) -> Any:
    """Ids as they are, everything else as float32."""
    is_ids = keras.backend.standardize_dtype(values.dtype) == IDS
    return keras.ops.convert_to_tensor(values) if is_ids else keras.ops.cast(values, "float32")


def _at(values: Any, name: str) -> Any:
    """The one array, or the one of a name."""
    return values[name] if isinstance(values, Mapping) else values


def _with(values: Any, name: str, changed: Any) -> Any:
    """The values with one of them changed."""
    return {**values, name: changed} if isinstance(values, Mapping) else changed


def _moved(layer: Any, images: Any, masks: Any) -> tuple[Any, Any]:
    """Images and the classes of their pixels, `(batch, height, width)`, moved alike by a random layer."""
    channel = keras.ops.expand_dims(keras.ops.cast(masks, "float32"), -1)
    moved = layer({"images": images, "segmentation_masks": channel}, training=True)
    classes = keras.ops.round(keras.ops.squeeze(moved["segmentation_masks"], -1))
    return moved["images"], keras.ops.cast(classes, IDS)


def build_batch_program(program: Program) -> BatchProgram:
    """The layers of a Program's batch steps."""
    return BatchProgram(tuple((step, construct(step.call, name=step.name)) for step in program.batch))
