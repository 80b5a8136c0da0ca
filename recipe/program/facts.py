"""What the data turned out to be: the only thing a Program learns from reading it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

Statistic = float | int | str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One feature or target as it was found.

    Args:
        name: of the column, or of the array.
        kind: `number`, `category`, `flag` or `image`.
        width: how many numbers it takes in the encoded vector; of an image the number of values.
        statistics: of the training split: `mean` and `std` of a standardized number, `fill` of one with
            missing cells, `scale` of an image (1/255 for bytes), `categories` (sorted) of a category,
            `missing` (count).
        reason: why this kind was chosen when nobody wrote it, such as `344 of 344 cells are numbers`.
    """

    name: str
    kind: str
    width: int
    statistics: Mapping[str, Statistic] = field(default_factory=lambda: MappingProxyType({}))
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """What the network learns to say.

    Args:
        name: of the column, or of the array.
        kind: `category`, `flag` or `number`.
        classes: names of the classes, in the order of their indices; empty for numbers.
        counts: how often each class occurs in the training split.
        shape: of one target, without the batch: `()` for a class index or a number.
        mean: of a number, over the training split.
        std: of a number, over the training split.
        reason: why this kind was chosen when nobody wrote it.
    """

    name: str
    kind: str
    classes: tuple[str, ...] = ()
    counts: tuple[int, ...] = ()
    shape: tuple[int, ...] = ()
    mean: float = 0.0
    std: float = 1.0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class InputFact:
    """One array that the network is fed.

    Args:
        shape: of one example, without the batch.
        dtype: of the stored array (`uint8` for images; the batch program makes them float32 in [0, 1]).
        scale: factor from the stored to the encoded value.
    """

    shape: tuple[int, ...]
    dtype: str
    scale: float = 1.0


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts of the data after splitting.

    Args:
        examples: by split: `train`, `validation`, `test` (those that exist).
        inputs: by name of the network's input; one called `input` unless the spec names them.
        columns: the features in the order of the encoded vector.
        targets: in the order they were written.
        fingerprint: sha256 over the content that was read.
    """

    examples: Mapping[str, int]
    inputs: Mapping[str, InputFact]
    columns: tuple[Column, ...]
    targets: tuple[Target, ...]
    fingerprint: str
