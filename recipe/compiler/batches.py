"""The batch program: what happens to a batch between gathering it and training on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import keras

from recipe.compiler.constructing import construct
from recipe.program.facts import IDS
from recipe.program.programs import BatchStep, Phase, Program, Side

OF_DATA = ""


class Batch(NamedTuple):
    """Some examples, as they are stored or as a network is trained on them.

    A named tuple, since TensorFlow and JAX both look inside of these.

    Args:
        inputs: `(batch, ...)`; a mapping by name where there are several.
        targets: likewise; None where only predictions are wanted.
        weights: how much the examples count, by what says so: `""` for the data, `(batch,)`, and a target for
            the weights of its classes, in the shape of its classes. Nothing where all count alike.
    """

    inputs: Any
    targets: Any = None
    weights: Mapping[str, Any] = {}

    def loss_weight(self, target: str, output: Any) -> Any:
        """The weight of each loss of a target, in a shape that fits them; None where all count alike.

        Args:
            target: its name.
            output: of the network, `(batch, ..., units)`; its losses are `(batch, ...)`.
        """
        found = [self.weights[name] for name in (OF_DATA, target) if name in self.weights]
        if not found:
            return None
        rank = len(output.shape) - 1
        product = _with_rank(found[0], rank)
        return product * _with_rank(found[1], rank) if len(found) > 1 else product

    @property
    def metric_weight(self) -> Any:
        """The weight of each example in metrics, `(batch,)`; None where all count alike."""
        return self.weights.get(OF_DATA)


def _with_rank(weights: Any, rank: int) -> Any:
    """Weights with a number of axes: there are some of length 1 more behind their own, or less."""
    shape = tuple(weights.shape)
    return keras.ops.reshape(weights, (*shape, *(1,) * (rank - len(shape)))[:rank])


@dataclass(frozen=True, slots=True)
class BatchProgram:
    """Layers to apply to a gathered batch.

    Args:
        steps: each with its layer, in order.
    """

    steps: tuple[tuple[BatchStep, Any], ...]

    def __call__(self, batch: Batch, *, training: bool) -> Batch:
        """A batch after all steps of this phase; random steps only in training.

        Args:
            batch: as it is stored.
            training: whether random steps run.
        """
        batch = batch._replace(inputs=keras.tree.map_structure(_encoded, batch.inputs))
        for step, layer in self.steps:
            is_idle = step.side is not Side.INPUT and batch.targets is None
            if not is_idle and (training or step.phase is Phase.ALWAYS):
                batch = _APPLY[step.side](batch, step, layer)
        return batch

    @property
    def mixes(self) -> bool:
        """Whether targets are shares of several, which metrics take whole: the larger share is the answer."""
        return any(step.side is Side.BATCH for step, _ in self.steps)

    @property
    def variables(self) -> list[Any]:
        """The state of the random steps."""
        return [variable for _, layer in self.steps for variable in layer.variables]


def _change_input(batch: Batch, step: BatchStep, layer: Any) -> Batch:
    value = _at(batch.inputs, step.of)
    if step.mask and batch.targets is not None:
        changed, mask = _moved(layer, value, _at(batch.targets, step.mask))
        batch = batch._replace(targets=_with(batch.targets, step.mask, mask))
    else:
        changed = layer(value, training=True) if step.phase is Phase.TRAINING else layer(value)
    return batch._replace(inputs=_with(batch.inputs, step.of, changed))


def _change_target(batch: Batch, step: BatchStep, layer: Any) -> Batch:
    changed = layer(_at(batch.targets, step.of))
    return batch._replace(targets=_with(batch.targets, step.of, changed))


def _weigh(batch: Batch, step: BatchStep, layer: Any) -> Batch:
    return batch._replace(weights={**batch.weights, step.of: layer(_at(batch.targets, step.of))})


def _mix(batch: Batch, step: BatchStep, layer: Any) -> Batch:
    return Batch(**layer(batch._asdict()))


_APPLY = {
    Side.INPUT: _change_input,
    Side.TARGET: _change_target,
    Side.WEIGHT: _weigh,
    Side.BATCH: _mix,
}


def whole(answers: Any, kind: str) -> Any:
    """Mixed answers as those of the larger share; numbers stay as they are.

    Args:
        answers: one-hot classes `(..., classes)`, labels, or flags, with shares in place of 0 and 1.
        kind: of the target.
    """
    if kind == "category":
        return keras.ops.one_hot(keras.ops.argmax(answers, axis=-1), answers.shape[-1])
    return keras.ops.round(answers) if kind in ("flag", "labels") else answers


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
    """Images and the classes of their pixels, `(batch, height, width)` or with a last axis, moved alike."""
    channel = keras.ops.cast(masks, "float32")
    channel = keras.ops.expand_dims(channel, -1) if len(masks.shape) < 4 else channel
    moved = layer({"images": images, "segmentation_masks": channel}, training=True)
    classes = keras.ops.cast(keras.ops.round(moved["segmentation_masks"][..., 0]), IDS)
    return moved["images"], classes if len(masks.shape) < 4 else keras.ops.expand_dims(classes, -1)


def build_batch_program(program: Program) -> BatchProgram:
    """The layers of a Program's batch steps."""
    return BatchProgram(tuple((step, construct(step.call, name=step.name)) for step in program.batch))
