"""R2xx: words that are not known, and values that are not admitted where they stand."""

from typing import ClassVar

from recipe.diagnostics.problems import Fix, Label, Problem
from recipe.diagnostics.spans import Span
from recipe.diagnostics.wording import clipped, listing


class Missing(Problem):
    """A key or argument that must be written."""

    code: ClassVar[str] = "R204"
    bad: ClassVar[str] = "architecture: [{Dense: {activation: relu}}]"
    good: ClassVar[str] = "architecture: [{Dense: {units: 10, activation: relu}}]"

    path: str
    names: tuple[str, ...]
    expected: tuple[str, ...]

    @property
    def message(self) -> str:
        quoted = [f"`{name}`" for name in self.names]
        listed = quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"
        return f"{f'`{self.path}`' if self.path else 'a spec'} needs {listed}"

    @property
    def help(self) -> str:
        pairs = zip(self.names, self.expected, strict=True)
        return "\n".join(f"`{name}` is {expected}" for name, expected in pairs)


class WrongValue(Problem):
    """A value of another type or outside its range."""

    code: ClassVar[str] = "R205"
    bad: ClassVar[str] = "optimizer: {SGD: {learning_rate: -1}}"
    good: ClassVar[str] = "optimizer: {SGD: {learning_rate: 0.1}}"

    path: str
    expected: str
    received: str
    slip: str = ""
    unit: str = ""
    known: tuple[str, ...] = ()
    is_item: bool = False

    @property
    def message(self) -> str:
        unit = f" ({self.unit})" if self.unit else ""
        what = f"an item of `{self.path}`" if self.is_item else f"`{self.path}`"
        return f"{what} must be {self.expected}{unit}. Received: {self.received}"

    @property
    def label(self) -> str:
        return f"did you mean `{self.slip}`?" if self.slip else ""

    @property
    def help(self) -> str:
        return f"known here: {listing(self.known, most=40)}" if self.known else ""

    @property
    def fix(self) -> Fix | None:
        is_percent = self.slip.endswith("%") and self.slip.removesuffix("%") == self.received
        return self.rewritten(self.slip, self.received) if is_percent else None


class DurationWithoutUnit(Problem):
    """A bare number where a duration is wanted."""

    code: ClassVar[str] = "R206"
    why: ClassVar[str] = "epochs and steps differ by orders of magnitude; a bare number hides which is meant"
    bad: ClassVar[str] = "schedule: {warmup_cosine: {warmup: 5}}"
    good: ClassVar[str] = "schedule: {warmup_cosine: {warmup: 5 epochs}}"

    path: str
    received: str
    likely: str

    @property
    def message(self) -> str:
        return f"`{self.path}` needs a unit. Received: {self.received}"

    @property
    def label(self) -> str:
        return f"did you mean `{self.likely}`?" if self.likely else ""


class QuotedNumber(Problem):
    """A number in quotes, which makes it a string."""

    code: ClassVar[str] = "R207"
    bad: ClassVar[str] = 'optimizer: {Adam: {learning_rate: "1e-3"}}'
    good: ClassVar[str] = "optimizer: {Adam: {learning_rate: 1e-3}}"

    path: str
    expected: str
    text: str

    @property
    def message(self) -> str:
        return f'`{self.path}` must be {self.expected}. Received: the string "{self.text}"'

    @property
    def label(self) -> str:
        return f"remove the quotes: `{self.text}`"

    @property
    def fix(self) -> Fix | None:
        return self.rewritten(self.text, f'"{self.text}"', f"'{self.text}'")


class OnePlacePerThing(Problem):
    """A Keras argument for which the language has a word of its own."""

    code: ClassVar[str] = "R210"
    why: ClassVar[str] = "one thing written in two places is two truths"
    bad: ClassVar[str] = "optimizer: {AdamW: {learning_rate: 1e-3, weight_decay: 1e-4}}"
    good: ClassVar[str] = "regularization: {weight_decay: 1e-4}"

    path: str
    argument: str
    instead: str

    @property
    def message(self) -> str:
        return f"`{self.argument}` does not stand inside `{self.path}`"

    @property
    def label(self) -> str:
        return f"write {self.instead}"


class NothingWritten(Problem):
    """A key with nothing after its colon."""

    code: ClassVar[str] = "R211"
    why: ClassVar[str] = "only an object's name may stand without a value, as in `GlobalAveragePooling2D:`"
    bad: ClassVar[str] = "training: {epochs: }"
    good: ClassVar[str] = "training: {epochs: 5}"

    path: str
    expected: str

    @property
    def message(self) -> str:
        return f"nothing stands after `{self.path}:`"

    @property
    def help(self) -> str:
        return f"`{self.path}` is {self.expected}"


class EqualValues(Problem):
    """Two equal values in a mapping whose values tell its names apart."""

    code: ClassVar[str] = "R223"
    bad: ClassVar[str] = (
        "data: {source: {images: {path: images, masks: masks, colors: {sky: [0, 0, 9], sea: [0, 0, 9]}}}}"
    )
    good: ClassVar[str] = (
        "data: {source: {images: {path: images, masks: masks, colors: {sky: [0, 0, 9], sea: [0, 9, 9]}}}}"
    )

    path: str
    first: str
    first_span: Span
    second: str

    @property
    def message(self) -> str:
        return f"`{clipped(self.first)}` and `{clipped(self.second)}` of `{self.path}` have the same value"

    @property
    def further(self) -> tuple[Label, ...]:
        return (Label(self.first_span, "first here"),)

    @property
    def help(self) -> str:
        return "one of the two would never occur: correct its value, or leave it out"


class FactNotAllowedHere(Problem):
    """A fact of the data where the graph must not depend on the data."""

    code: ClassVar[str] = "R212"
    why: ClassVar[str] = "which layers there are must be known before the data is read"
    bad: ClassVar[str] = 'training: {epochs: "${data.classes}"}'
    good: ClassVar[str] = 'architecture: [{Dense: "${data.classes}"}]'

    path: str
    facts: tuple[str, ...]

    @property
    def message(self) -> str:
        return f"`{self.facts[0]}` may stand only in arguments of layers and losses, not in `{self.path}`"
