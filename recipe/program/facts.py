"""What the data turned out to be: the only thing a Program learns from reading it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from recipe.catalog.calls import Value

Statistic = float | int | str | tuple[str, ...] | tuple[float, ...] | Mapping[str, Value]

IDS = "int32"
"""Type of integer ids: of characters, words or classes."""

TOKENIZER = "preset_tokenizer"
"""The statistic of a text whose ids are those of a preset: what was found of its tokenizer."""

FILLING = -1
"""What stands in place of a class behind the last step of a sequence."""

NO_NUMBER = "nan"
"""What stands in place of a number there, as the components are told."""

IGNORED = 255
"""What stands in place of a class where a pixel of a mask has none."""


def preset_tokenizer(statistics: Mapping[str, Statistic]) -> Mapping[str, Value] | None:
    """What was found of the tokenizer of a preset; None of a feature without one."""
    found = statistics.get(TOKENIZER)
    return found if isinstance(found, Mapping) else None


@dataclass(frozen=True, slots=True)
class Scaling:
    """How the columns of a series were brought to one scale: less the mean, by the standard deviation.

    Args:
        names: of the columns.
        means: of each, over the training part; 0 where nothing is changed.
        stds: of each likewise; 1 where nothing is changed.
    """

    names: tuple[str, ...]
    means: tuple[float, ...]
    stds: tuple[float, ...]

    def of(self, names: tuple[str, ...]) -> "Scaling":
        """That of some of the columns."""
        positions = [self.names.index(name) for name in names]
        means, stds = (tuple(values[one] for one in positions) for values in (self.means, self.stds))
        return Scaling(names, means, stds)


@dataclass(frozen=True, slots=True)
class Column:
    """One feature or target as it was found.

    Args:
        name: of the column, or of the array.
        kind: `number`, `category`, `labels`, `flag`, `date`, `text` or `image`; an array of kind `category`
            holds integer ids.
        width: how many numbers it takes in the encoded vector; of an array the number of values.
        statistics: of the training split: `mean`, `std`, `scaling` and what it needs (see
            `recipe.data.scales`) of a number, `fill` of missing cells, `indicator` (1 where a further number
            says that a cell was missing), `scale` of an image (1/255 for bytes), `categories` (sorted) of a
            category or of labels, `separator` of labels, `bins` of a category if hashed and its `embedding`
            (units) if embedded, `format` and `parts` of a date, `missing` (count); of ids `vocabulary` (how
            many there are), `preset_tokenizer` of a text (see `recipe.data.preset_texts`) and, where they
            have names, `categories` in their order; `distinct` (count of values), `minimum` and `maximum` as
            they are stored, `whole` (1 of whole numbers), `says_target` (the share of the first target that
            the column says alone, from 0 to 1).
        reason: why this kind was chosen when nobody wrote it, such as `344 of 344 cells are numbers`.
        scaling: of the columns of a series; None of everything else.
    """

    name: str
    kind: str
    width: int
    statistics: Mapping[str, Statistic] = field(default_factory=lambda: MappingProxyType({}))
    reason: str = ""
    scaling: Scaling | None = None

    @property
    def is_array(self) -> bool:
        """Whether it is a stored array; a column of cells always counts its missing ones."""
        return "missing" not in self.statistics


@dataclass(frozen=True, slots=True)
class Target:
    """What the network learns to say.

    Args:
        name: of the column, or of the array.
        kind: `category`, `labels`, `flag` or `number`.
        classes: names of the classes, in the order of their indices; empty for numbers.
        counts: how often each class occurs in the training split, at any position.
        num_counted: over how many examples they were counted; 0 of an array.
        shape: of one target, without the batch: `()` for a class index, `(1,)` for a number or a flag,
            `(classes,)` for labels, `(length,)` for classes of the steps of a sequence, `(length, 1)` for
            numbers of them; of an array its own: a class for each of its positions, or numbers.
        mean: of a number as it is learned, on its scale, over the training split; of a sequence over its
            steps.
        std: likewise.
        reason: why this kind was chosen when nobody wrote it.
        later: of a text, how many positions behind its feature of the same name it begins; 0 of others.
        scaling: of the columns of a series, whose forecast it is; None of everything else.
        again: the scale of the feature of the same name, which it says again; 0 of everything else.
        scale: of a number in a column, the scale on which it is learned, see `recipe.data.scales`.
        shift: of the scale.
        divisor: of the scale.
        column: that a flag is made of; empty for a target that is a column.
        above: the flag is 1 where the column, or the stored value of a mask, lies above.
        values: of a mask, the stored value of each class; empty of everything else.
        ignored: of a mask, stored values that are no class and do not count.
        separator: of labels and of steps in cells, what stands between two; empty of everything else.
        missing: of labels, what an empty cell is: `empty` for an example with none of them.
    """

    name: str
    kind: str
    classes: tuple[str, ...] = ()
    counts: tuple[int, ...] = ()
    shape: tuple[int, ...] = ()
    mean: float = 0.0
    std: float = 1.0
    reason: str = ""
    later: int = 0
    scaling: Scaling | None = None
    again: float = 0.0
    scale: str = "none"
    shift: float = 0.0
    divisor: float = 1.0
    column: str = ""
    above: float | None = None
    num_counted: int = 0
    separator: str = ""
    missing: str = ""
    values: tuple[int, ...] = ()
    ignored: tuple[int, ...] = ()

    @property
    def statistics(self) -> Mapping[str, Statistic]:
        """What its scale needs."""
        return {"scaling": self.scale, "shift": self.shift, "divisor": self.divisor}

    @property
    def described(self) -> str:
        """What it is, in words: `a category`, or `labels`."""
        if self.is_mask:
            return "a mask"
        return self.kind if self.are_labels else f"a {self.kind}"

    @property
    def are_labels(self) -> bool:
        """Whether an example has any number of the classes, and not one of them."""
        return self.kind == "labels"

    @property
    def is_sequence(self) -> bool:
        """Whether an example has a class, or a number, for each of its steps, and nothing behind the last."""
        return bool(self.separator) and not self.are_labels

    @property
    def is_mask(self) -> bool:
        """Whether an example has a class for each pixel of an image: a flag where there are two of them."""
        return bool(self.values)

    @property
    def not_counted(self) -> int | str | None:
        """What stands in place of an answer where there is none to learn; None where that cannot be."""
        if self.is_sequence:
            return NO_NUMBER if self.kind == "number" else FILLING
        return IGNORED if self.ignored else None

    @property
    def has_one_answer(self) -> bool:
        """Whether an example has a single answer: no labels, nor a class or a number for each position."""
        return self.shape in ((), (1,)) and not self.are_labels and not self.is_sequence

    @property
    def is_array(self) -> bool:
        """Whether it is a stored array, whose examples have several answers."""
        return self.shape not in ((), (1,)) and not self.separator


@dataclass(frozen=True, slots=True)
class InputFact:
    """One array that the network is fed.

    Args:
        shape: of one example, without the batch.
        dtype: of the stored array (`uint8` for images; the batch program makes them float32 in [0, 1]).
        scale: factor from the stored to the encoded value.
        features: names of the columns that it is made of; empty for all of them.
        owner: of the ids of an embedded column, the input of the architecture that its vector is a part of;
            empty for an input of its own.
    """

    shape: tuple[int, ...]
    dtype: str
    scale: float = 1.0
    features: tuple[str, ...] = ()
    owner: str = ""

    @property
    def encoded_dtype(self) -> str:
        """What the network takes: ids stay integers, everything else is float32."""
        return self.dtype if self.dtype == IDS else "float32"


@dataclass(frozen=True, slots=True)
class WeightFact:
    """How much the examples of the training split count.

    Args:
        name: of the column.
        least: smallest weight, at least 0.
        mean: of all weights, above 0.
        most: largest weight.
    """

    name: str
    least: float
    mean: float
    most: float


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts of the data after splitting.

    Args:
        examples: by split: `train`, `validation`, `test` (those that exist).
        inputs: by name of the network's input; one called `input` unless the spec names them.
        columns: the features in the order of the encoded vector.
        targets: in the order they were written.
        fingerprint: sha256 over the content that was read.
        repeated: by split, the rows that the training split has too; of itself, those it has again.
        weights: of the training examples; None where all count alike.
    """

    examples: Mapping[str, int]
    inputs: Mapping[str, InputFact]
    columns: tuple[Column, ...]
    targets: tuple[Target, ...]
    fingerprint: str
    repeated: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    weights: WeightFact | None = None

    def columns_of(self, name: str) -> tuple[Column, ...]:
        """The columns that an input is made of, in the order of its encoded vector."""
        features = self.inputs[name].features
        return tuple(column for column in self.columns if not features or column.name in features)

    @property
    def shapes(self) -> Mapping[str, tuple[int, ...]]:
        """Shapes of what the architecture calls its inputs: embedded columns are a part of their vector."""
        owners = dict.fromkeys(fact.owner or name for name, fact in self.inputs.items())
        return {owner: self._shape(owner) for owner in owners}

    def _shape(self, owner: str) -> tuple[int, ...]:
        own = self.inputs.get(owner)
        mine = [name for name, fact in self.inputs.items() if fact.owner == owner]
        if not mine:
            return own.shape if own else ()
        units = sum(column.width for name in mine for column in self.columns_of(name))
        return (units + (own.shape[-1] if own else 0),)
