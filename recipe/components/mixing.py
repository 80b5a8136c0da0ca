"""Examples of a batch mixed in pairs, with their targets: mixup and CutMix."""

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import keras


class Draw(NamedTuple):
    """What is drawn for one batch.

    Args:
        partner: index of the example that each is mixed with, `(batch,)`: a permutation.
        mixup_share: what mixup leaves of each example, in [0, 1].
        is_mixup: whether whole examples are blended; else a box is pasted.
        centre: of the box, as shares of the height and the width, `(2,)`.
        cut: height and width of the box as a share of those of the image, in [0, 1].
    """

    partner: Any
    mixup_share: Any
    is_mixup: Any
    centre: Any
    cut: Any


@keras.saving.register_keras_serializable("recipe")
class Mixing(keras.layers.Layer):
    """Mixes each example of a batch with another one of it; one draw a batch.

    Mixup (arXiv 1710.09412, section 2): `x = l x_i + (1 - l) x_j`, targets likewise, `l ~ Beta(a, a)`.
    CutMix (arXiv 1905.04899, section 3.1): a box of `x_j` in `x_i`, of the area `(1 - l) H W` before it is
    cut at the edges, and targets in the share of the area that is left; `l ~ Beta(a, a)`. With both, each
    batch takes one of them, with equal chances. Weights of examples are mixed as targets are.

    Args:
        mixup: its `a`, above 0; None without it.
        cutmix: its `a`, above 0; None without it.
        masks: names of the targets with one value for each pixel, which are cut as images are.
        seed: of its draws.
        **kwargs: of a layer, such as its name.

    Input shape: a mapping with `inputs`, `targets` and `weights`, each an array `(batch, ...)`, or several by
    name; classes are one-hot. With `cutmix` inputs are images `(batch, height, width, channels)`.
    Output shape: the same, in float32.
    """

    def __init__(
        self,
        mixup: float | None = None,
        cutmix: float | None = None,
        masks: tuple[str, ...] = (),
        seed: int | None = None,
        **kwargs: Any,
    ):
        super().__init__(dtype="float32", autocast=False, **kwargs)
        self.mixup = mixup
        self.cutmix = cutmix
        self.masks = tuple(masks)
        self.seed = seed
        self.generator = keras.random.SeedGenerator(seed)

    def draw(self, size: Any) -> Draw:
        """What is drawn for a batch of `size` examples."""
        ops = keras.ops
        partner = ops.argsort(keras.random.uniform((size,), seed=self.generator))
        uniform = keras.random.uniform((7,), seed=self.generator)
        coin = uniform[6] < 0.5
        both = self.mixup is not None and self.cutmix is not None
        is_mixup = coin if both else ops.convert_to_tensor(self.mixup is not None)
        blended = symmetric_beta(uniform[0], uniform[1], self.mixup or 1.0)
        pasted = symmetric_beta(uniform[2], uniform[3], self.cutmix or 1.0)
        return Draw(partner, blended, is_mixup, uniform[4:6], ops.sqrt(1.0 - pasted))

    def call(self, batch: Mapping[str, Any]) -> Mapping[str, Any]:
        """The batch with each example mixed."""
        first = keras.tree.flatten(batch["inputs"])[0]
        return self.mixed(batch, self.draw(keras.ops.shape(first)[0]))

    def mixed(self, batch: Mapping[str, Any], draw: Draw) -> Mapping[str, Any]:
        """The batch mixed as it was drawn."""
        if self.cutmix is None:
            share = draw.mixup_share
            return {
                name: keras.tree.map_structure(lambda array: _blended(array, draw.partner, share), part)
                for name, part in batch.items()
            }
        image = keras.tree.flatten(batch["inputs"])[0]
        kept, share = self._kept(image.shape[1], image.shape[2], draw)

        def cut(array: Any) -> Any:
            axes = (1,) * (len(array.shape) - 3)
            return _blended(array, draw.partner, keras.ops.reshape(kept, (*kept.shape, *axes)))

        def shared(array: Any) -> Any:
            return _blended(array, draw.partner, share)

        targets = batch["targets"]
        if isinstance(targets, Mapping):
            mixed = {name: (cut if name in self.masks else shared)(one) for name, one in targets.items()}
        else:
            mixed = cut(targets) if self.masks else shared(targets)
        return {
            "inputs": keras.tree.map_structure(cut, batch["inputs"]),
            "targets": mixed,
            "weights": keras.tree.map_structure(shared, batch["weights"]),
        }

    def _kept(self, height: int, width: int, draw: Draw) -> tuple[Any, Any]:
        """The share of each pixel that stays, `(height, width)`, and that of the target."""
        top, bottom = _stretch(height, draw.centre[0], draw.cut)
        left, right = _stretch(width, draw.centre[1], draw.cut)
        rows, columns = (keras.ops.arange(size, dtype="float32") for size in (height, width))
        inside_rows = keras.ops.logical_and(rows >= top, rows < bottom)[:, None]
        inside = keras.ops.logical_and(inside_rows, keras.ops.logical_and(columns >= left, columns < right))
        area = (bottom - top) * (right - left) / (height * width)
        pasted = 1.0 - keras.ops.cast(inside, "float32")
        kept = keras.ops.where(draw.is_mixup, draw.mixup_share * keras.ops.ones_like(pasted), pasted)
        return kept, keras.ops.where(draw.is_mixup, draw.mixup_share, 1.0 - area)

    def get_config(self) -> dict[str, Any]:
        """The arguments, for saving."""
        written = {"mixup": self.mixup, "cutmix": self.cutmix, "masks": list(self.masks), "seed": self.seed}
        return {"name": self.name, **written}


def _blended(array: Any, partner: Any, share: Any) -> Any:
    """`share` of each example, and the rest of its partner."""
    own = keras.ops.cast(array, "float32")
    return share * own + (1.0 - share) * keras.ops.take(own, partner, axis=0)


def _stretch(size: int, centre: Any, cut: Any) -> tuple[Any, Any]:
    """Where a box begins and ends along an axis, in whole pixels, cut at the edges."""
    middle, half = keras.ops.floor(size * centre), keras.ops.floor(keras.ops.floor(size * cut) / 2.0)
    return keras.ops.maximum(middle - half, 0.0), keras.ops.minimum(middle + half, float(size))


def symmetric_beta(first: Any, second: Any, a: float) -> Any:
    """A draw of Beta(a, a) from two of the uniform distribution over [0, 1).

    Student's t with 2a degrees of freedom has this closed form (Bailey 1994, Mathematics of Computation 62),
    and `1/2 + t / (2 sqrt(2a + t^2))` is Beta(a, a) (Devroye 1996). Unlike a ratio of Gamma draws it is
    finite for the smallest `a`, and every compiler takes it.
    """
    ops = keras.ops
    power = ops.power(ops.maximum(first, 1e-37), 1.0 / a)
    wave = ops.cos(2.0 * math.pi * second)
    square = ops.square(wave) * (1.0 - power)
    root = ops.sqrt(square / ops.maximum(power + square, 1e-37))
    return 0.5 * (1.0 + ops.sign(wave) * root)
