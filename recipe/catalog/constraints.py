"""What a place of a spec may hold: a leaf, or a structure that says how nodes nest.

Structures are walked by the resolver; leaves check a value by themselves.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from recipe.catalog.leaves import (
    Anything,
    DurationIn,
    FactorText,
    Flag,
    Fraction,
    Integer,
    Number,
    PathText,
    PresetText,
    Text,
    Words,
)
from recipe.diagnostics.wording import with_article

if TYPE_CHECKING:
    from recipe.catalog.rows import Row


@dataclass(frozen=True, slots=True)
class Fields:
    """A mapping with the parameters of one row; a lone value stands for the first of them.

    Args:
        row: whose parameters they are.
        shorthand: whether a lone value is admitted.
        named: whether a mapping is meant only when one of its keys is one of the row's, or nearly; where
            objects with names in small letters may stand too.
    """

    row: "Row"
    shorthand: bool = False
    named: bool = False

    def describe(self) -> str:
        built = [one.name for one in self.row.parameters if not isinstance(one.holds, Reserved)]
        keys = ", ".join(f"`{name}`" for name in built[:4])
        lone = f"{self.row.parameters[0].holds.describe()}, or " if self.shorthand else ""
        return f"{lone}a mapping with {'keys such as' if len(built) > 4 else 'the keys'} {keys}"


@dataclass(frozen=True, slots=True)
class ObjectOf:
    """One object of a family: `Name`, `Name: value` or `Name: {argument: value}`.

    Args:
        families: where the name is looked up, first match wins.
        siblings: words that may stand beside the object.
    """

    families: tuple[str, ...]
    siblings: frozenset[str] = frozenset()

    def describe(self) -> str:
        return f"{with_article(self.what)} such as `{_EXAMPLE_NAMES[self.what]}`"

    @property
    def what(self) -> str:
        """What the families hold, in words: `optimizer`, `layer`."""
        return self.families[-1].removeprefix("keras_")


_EXAMPLE_NAMES = {
    "layer": "Dense",
    "optimizer": "Adam",
    "phase": "linear",
    "schedule": "warmup_cosine",
    "plateau_schedule": "reduce_on_plateau",
    "engine": "graph",
    "loss": "MeanSquaredError",
    "metric": "accuracy",
    "initializer": "HeNormal",
    "regularizer": "L2",
    "constraint": "MaxNorm",
    "callback": "TerminateOnNaN",
    "augmentation": "RandomFlip",
    "source": "csv",
    "kind": "number",
    "tokenizer": "subword",
    "op": "take",
    "application": "EfficientNetB0",
}


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list whose items obey one constraint.

    Args:
        item: constraint of each.
        lone: whether a lone value stands for a list of one.
        length: how many there must be, if it is fixed.
        filled: whether there must be one at least.
    """

    item: "Constraint"
    lone: bool = False
    length: int | None = None
    filled: bool = False

    def describe(self) -> str:
        several = "a list" if self.length is None else f"a list of {self.length}"
        return f"{several}, each item {self.item.describe()}"

    def has_room_for(self, count: int) -> bool:
        """Whether a list may have so many items."""
        return count == self.length if self.length is not None else count > 0 or not self.filled


@dataclass(frozen=True, slots=True)
class MappingOf:
    """A mapping from names that the user chooses to values of one constraint.

    Args:
        item: constraint of each value.
        keys: what the names are.
        distinct: whether no two values may be equal.
    """

    item: "Constraint"
    keys: str = "name"
    distinct: bool = False

    def describe(self) -> str:
        return f"a mapping from {self.keys} to {self.item.describe()}"


@dataclass(frozen=True, slots=True)
class OneOf:
    """The first of several constraints whose form fits decides."""

    options: tuple["Constraint", ...]

    def describe(self) -> str:
        built = [option for option in self.options if not isinstance(option, Reserved)]
        words = [option for option in built if isinstance(option, Words)]
        others = [option for option in built if not isinstance(option, Words)]
        return ", or ".join(self._described(option) for option in (*others, *words))

    def _described(self, option: "Constraint") -> str:
        """A list of what may also stand alone is `a list of these`."""
        of_these = isinstance(option, ListOf) and option.item in self.options
        return "a list of these" if of_these else option.describe()


@dataclass(frozen=True, slots=True)
class Layers:
    """A list of layers.

    Args:
        whole: whether it is the whole architecture, which may also be a mapping with `inputs` and `outputs`.
    """

    whole: bool = False

    def describe(self) -> str:
        return "a list of layers"


@dataclass(frozen=True, slots=True)
class Reserved:
    """A word that is kept for a later version of the language."""

    def describe(self) -> str:
        return "left out"


Structure = Fields | ObjectOf | ListOf | MappingOf | OneOf | Layers | Reserved
LeafConstraint = (
    Number
    | Integer
    | Fraction
    | Flag
    | Text
    | PathText
    | PresetText
    | Words
    | DurationIn
    | FactorText
    | Anything
)
Constraint = LeafConstraint | Structure
