"""R51x and R53x: arrays that cannot be examples."""

from typing import ClassVar

from recipe.diagnostics.data import counted
from recipe.diagnostics.data_files import names
from recipe.diagnostics.places import Place, listed
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.suggestions import nearest


class UnknownArray(Problem):
    """An array that is not in the file."""

    code: ClassVar[str] = "R513"
    bad: ClassVar[str] = "data: {source: {npz: {path: mnist.npz, features: x_trian, target: y_train}}}"
    good: ClassVar[str] = "data: {source: {npz: {path: mnist.npz, features: x_train, target: y_train}}}"

    file: str
    name: str
    known: tuple[str, ...]

    @property
    def message(self) -> str:
        return f"`{self.file}` holds no array `{self.name}`"

    @property
    def label(self) -> str:
        suggestion = nearest(self.name, self.known)
        return f"did you mean `{suggestion}`?" if suggestion else ""

    @property
    def help(self) -> str:
        return f"arrays in it: {names(self.known)}" if self.known else "the file holds no arrays"


class PickledArray(Problem):
    """An array of Python objects, which could run code when it is read."""

    code: ClassVar[str] = "R514"
    why: ClassVar[str] = "reading pickled objects executes whatever the author of the file wrote into them"

    file: str
    name: str

    @property
    def message(self) -> str:
        return (
            f"the array `{self.name}` of `{self.file}` holds pickled Python objects, which are never loaded"
        )

    @property
    def help(self) -> str:
        return "save it again as numbers, or text with a fixed width: `array.astype(str)`"


class UnsupportedArray(Problem):
    """An array whose type or shape cannot be what it is said to be."""

    code: ClassVar[str] = "R515"

    file: str
    name: str
    dtype: str
    shape: tuple[int, ...]
    expected: str

    @property
    def message(self) -> str:
        return (
            f"the array `{self.name}` of `{self.file}` must be {self.expected}. "
            f"Received: {self.dtype} of shape {self.shape}"
        )


class UnequalLengths(Problem):
    """Features and targets that differ in number."""

    code: ClassVar[str] = "R516"

    file: str
    features: str
    num_features: int
    target: str
    num_targets: int

    @property
    def message(self) -> str:
        return (
            f"`{self.features}` holds {self.num_features} examples and `{self.target}` {self.num_targets} "
            f"in `{self.file}`; they must be equally many"
        )


class NotFinite(Problem):
    """NaN or infinity in an array."""

    code: ClassVar[str] = "R537"
    why: ClassVar[str] = "one NaN reaches every weight within one step"

    name: str
    part: str
    count: int
    places: tuple[Place, ...]

    @property
    def message(self) -> str:
        examples = counted(self.count, "example")
        places = listed(self.places, self.count)
        return f"`{self.name}` holds NaN or infinity in {examples} of `{self.part}`: {places}"


class MixedFeatures(Problem):
    """Features that cannot be joined to one encoded input."""

    code: ClassVar[str] = "R538"

    columns: tuple[str, ...]
    array: str

    @property
    def message(self) -> str:
        return (
            f"an array is an input of its own and cannot be joined with other features: {names(self.columns)}"
        )

    @property
    def help(self) -> str:
        return f"give it one: `architecture: {{inputs: {{{self.array}: auto, others: auto}}, layers: [...]}}`"


class IdOutOfRange(Problem):
    """A whole number that is the id of nothing."""

    code: ClassVar[str] = "R544"
    why: ClassVar[str] = "an embedding has no row for it, and a loss over classes becomes NaN or wrong"

    name: str
    part: str
    value: float
    vocabulary: int
    count: int
    places: tuple[Place, ...]

    @property
    def message(self) -> str:
        examples = f"{counted(self.count, 'example')} of `{self.part}`"
        return (
            f"the ids of `{self.name}` lie from 0 to {self.vocabulary - 1}. "
            f"Received: {self.value:g}, in {examples}: {listed(self.places, self.count)}"
        )


class DifferentShape(Problem):
    """Examples of another shape than those that were trained on."""

    code: ClassVar[str] = "R539"

    name: str
    part: str
    expected: tuple[int, ...]
    received: tuple[int, ...]

    @property
    def message(self) -> str:
        example = f"an example of `{self.name}` in `{self.part}`"
        return f"{example} must have shape {self.expected}. Received: {self.received}"


class OneHotTarget(Problem):
    """A target of zeros and a single one in each example: classes, which are written as their indices."""

    code: ClassVar[str] = "R545"
    why: ClassVar[str] = "as numbers they would be trained with a squared error, without a word"

    name: str
    classes: int

    @property
    def message(self) -> str:
        return f"every example of `{self.name}` is zeros and a single one: {self.classes} classes, one-hot"

    @property
    def help(self) -> str:
        numbers = f"`target: {{{self.name}: number}}`"
        return f"save `{self.name}.argmax(axis=1)`, or say that they are numbers: {numbers}"
