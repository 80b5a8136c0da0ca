"""R57x: texts and series that cannot be cut into examples."""

from typing import ClassVar

from recipe.diagnostics.data import counted
from recipe.diagnostics.data_cells import key
from recipe.diagnostics.data_files import names
from recipe.diagnostics.places import Place, listed
from recipe.diagnostics.problems import Problem


class DividedByPosition(Problem):
    """A split by something else than position, of a text or a series."""

    code: ClassVar[str] = "R570"
    why: ClassVar[str] = (
        "windows of a text or a series overlap or follow each other: chosen at random, those that are "
        "validated would lie between those that were trained on, and the measure would be of memory"
    )
    bad: ClassVar[str] = (
        "data: {source: {corpus: {path: plays.txt, context: 64}}, split: {validation: 10%, stratified: true}}"
    )
    good: ClassVar[str] = "data: {source: {corpus: {path: plays.txt, context: 64}}, split: {validation: 10%}}"

    source: str
    key: str

    @property
    def message(self) -> str:
        return (
            f"`{self.source}` is divided by position, its end is set aside: `split.{self.key}` does not apply"
        )

    @property
    def help(self) -> str:
        return f"leave `{self.key}` out"


class UnknownCharacters(Problem):
    """A text with characters that the text of the training does not have."""

    code: ClassVar[str] = "R571"

    source: str
    characters: tuple[str, ...]
    count: int
    known: int

    @property
    def message(self) -> str:
        shown = ", ".join(map(repr, self.characters))
        return (
            f"`{self.source}` has characters that the training text lacks, {shown}, at "
            f"{counted(self.count, 'place')}; the vocabulary are its {self.known} characters"
        )

    @property
    def help(self) -> str:
        return "`tokens: bytes` has an id for everything"


class TooShort(Problem):
    """A text or a series without a single window."""

    code: ClassVar[str] = "R572"

    source: str
    part: str
    received: int
    needed: int
    unit: str

    @property
    def message(self) -> str:
        return (
            f"the {self.part} part of `{self.source}` has {self.received:,} {self.unit}, one example needs "
            f"{self.needed:,}"
        )

    @property
    def help(self) -> str:
        return "let an example be shorter, or set more of the data aside for this part"


class NotInOrder(Problem):
    """A series whose rows do not stand in the order of their time."""

    code: ClassVar[str] = "R573"
    why: ClassVar[str] = "a window is rows that follow each other, and its horizon must lie in its future"

    source: str
    column: str
    count: int
    places: tuple[Place, ...]

    @property
    def message(self) -> str:
        where = listed(self.places, self.count)
        return (
            f"the rows of `{self.source}` are not in the order of `{self.column}`: "
            f"{counted(self.count, 'row')} no later than the row before ({where})"
        )

    @property
    def help(self) -> str:
        return "sort the file by time, and keep one row of each time"


class NoTime(Problem):
    """A cell of the time column that is no time."""

    code: ClassVar[str] = "R574"

    source: str
    column: str
    cell: str
    count: int
    places: tuple[Place, ...]

    @property
    def message(self) -> str:
        where = listed(self.places, self.count)
        shown = f"`{self.cell}`" if self.cell else "an empty cell"
        return (
            f"`{self.column}` of `{self.source}` is no time in {counted(self.count, 'row')}: {shown}, {where}"
        )

    @property
    def help(self) -> str:
        return "times are numbers, or dates such as 2016-07-01 or 2016-07-01 13:00:00"


class EmptyInSeries(Problem):
    """A missing cell in a series, which has a value at every step."""

    code: ClassVar[str] = "R575"
    why: ClassVar[str] = (
        "a window without one of its rows would say that two steps follow each other that do not"
    )

    source: str
    column: str
    count: int
    places: tuple[Place, ...]

    @property
    def message(self) -> str:
        cells = counted(self.count, "missing cell")
        return f"`{self.column}` of `{self.source}` has {cells}: {listed(self.places, self.count)}"

    @property
    def help(self) -> str:
        return "fill them in the file, or name the other columns in `series.columns`"


class NeedsOwnInput(Problem):
    """A text or a sequence that shares an input of the network with other features."""

    code: ClassVar[str] = "R576"
    why: ClassVar[str] = "a text or a sequence has steps, and other features are one vector of numbers"

    column: str
    kind: str
    others: tuple[str, ...]

    @property
    def message(self) -> str:
        return f"`{self.column}` is a {self.kind} and needs an input of its own, beside {names(self.others)}"

    @property
    def help(self) -> str:
        return f"`architecture: {{inputs: {{{key(self.column)}: auto, others: auto}}, layers: [...]}}`"


class DifferentSteps(Problem):
    """A sequence whose classes or numbers are more or fewer than its steps."""

    code: ClassVar[str] = "R577"
    why: ClassVar[str] = "from the step that is missing on, every answer is learned of another step"

    feature: str
    target: str
    steps: int
    answers: int
    count: int
    places: tuple[Place, ...]

    @property
    def message(self) -> str:
        rows = f"{counted(self.count, 'row')} {'has' if self.count == 1 else 'have'}"
        return (
            f"{rows} other steps in `{self.feature}` than in `{self.target}`, such as {self.steps} and "
            f"{self.answers}: {listed(self.places, self.count)}"
        )
