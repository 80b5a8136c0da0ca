"""R54x, R55x: splits that cannot be made."""

from typing import ClassVar

from recipe.diagnostics.places import Place, listed
from recipe.diagnostics.problems import Problem


def amount(share: float | int) -> str:
    """A share as people write it: `10%`, or a number of examples.

    >>> amount(0.1), amount(0.125), amount(500)
    ('10%', '12.5%', '500')
    """
    return f"{100 * share:g}%" if isinstance(share, float) else str(share)


class SplitTooLarge(Problem):
    """A validation and a test that leave nothing to train on."""

    code: ClassVar[str] = "R550"
    bad: ClassVar[str] = "data: {source: {bundled: digits}, split: {validation: 50%, test: 50%}}"
    good: ClassVar[str] = "data: {source: {bundled: digits}, split: {validation: 10%, test: 20%}}"

    validation: float | int
    test: float | int
    examples: int | None = None

    @property
    def message(self) -> str:
        parts = f"validation ({amount(self.validation)}) and test ({amount(self.test)})"
        of = "" if self.examples is None else f" of {self.examples} examples"
        return f"{parts} leave nothing to train on{of}"


class EmptyPart(Problem):
    """A share so small that no example falls into it."""

    code: ClassVar[str] = "R551"
    bad: ClassVar[str] = "data: {source: {bundled: xor}, split: {validation: 10%}}"
    good: ClassVar[str] = "data: {source: {bundled: xor}, split: {validation: 25%}}"

    part: str
    share: float | int
    examples: int

    @property
    def message(self) -> str:
        share = f"{amount(self.share)} of {self.examples} examples"
        return f"`data.split.{self.part}` ({share}) is less than one example"


class TooFewOfClass(Problem):
    """A class with too few examples to be in every part of a stratified split."""

    code: ClassVar[str] = "R552"
    why: ClassVar[str] = "a stratified split keeps the shares of the classes equal in all parts"

    name: str
    count: int
    parts: tuple[str, ...]

    @property
    def message(self) -> str:
        examples = "1 example" if self.count == 1 else f"{self.count} examples"
        return f"the class `{self.name}` has {examples}, too few for {', '.join(self.parts)}"

    @property
    def help(self) -> str:
        return "write `stratified: false`, or leave the class out of the data"


class NoClasses(Problem):
    """A stratified split without a target that has one class for each example."""

    code: ClassVar[str] = "R553"

    target: str
    found: str

    @property
    def message(self) -> str:
        return f"`stratified` needs a class for each example, and the target `{self.target}` is {self.found}"

    @property
    def help(self) -> str:
        return "write `stratified: false`"


class TooFewGroups(Problem):
    """Fewer groups than parts."""

    code: ClassVar[str] = "R554"

    group: str
    count: int
    parts: tuple[str, ...]

    @property
    def message(self) -> str:
        groups = "1 group" if self.count == 1 else f"{self.count} groups"
        return f"the column `{self.group}` has {groups}, too few for {', '.join(self.parts)}"


class GroupedAndStratified(Problem):
    """A split that is asked to keep groups whole and classes equal."""

    code: ClassVar[str] = "R555"
    why: ClassVar[str] = "whole groups bring the classes they have; both together cannot be kept in general"
    bad: ClassVar[str] = (
        "data: {source: {bundled: penguins}, split: {test: 20%, group: island, stratified: true}}"
    )
    good: ClassVar[str] = "data: {source: {bundled: penguins}, split: {test: 20%, group: island}}"

    group: str

    @property
    def message(self) -> str:
        return f"`split` cannot keep the groups of `{self.group}` whole and be stratified"


class NoTraining(Problem):
    """Sources of data among which none is for training."""

    code: ClassVar[str] = "R556"
    bad: ClassVar[str] = "data: {test: {bundled: digits}}"
    good: ClassVar[str] = "data: {source: {bundled: digits}}"

    given: tuple[str, ...]

    @property
    def message(self) -> str:
        return "`data` needs a `source` or a `train` source" + (
            f"; it has only {' and '.join(f'`{part}`' for part in self.given)}" if self.given else ""
        )


class SplitsExclude(Problem):
    """Two ways to divide the data of which only one can be kept."""

    code: ClassVar[str] = "R546"
    bad: ClassVar[str] = "data: {source: {bundled: penguins}, split: {test: 20%, folds: 5}}"
    good: ClassVar[str] = "data: {source: {bundled: penguins}, split: {validation: 10%, folds: 5}}"

    first: str
    second: str

    @property
    def message(self) -> str:
        return f"`data` cannot keep both `{self.first}` and `{self.second}`"

    @property
    def help(self) -> str:
        if self.second in ("split.test", "split.folds"):
            return "with `folds`, each fold is the test once"
        return "rows in the order of time stay in it: leave one of the two out"


class NoSuchFold(Problem):
    """A fold that is none of the folds."""

    code: ClassVar[str] = "R547"
    bad: ClassVar[str] = "data: {source: {bundled: penguins}, split: {folds: 5, fold: 6}}"
    good: ClassVar[str] = "data: {source: {bundled: penguins}, split: {folds: 5, fold: 3}}"

    fold: int
    folds: int

    @property
    def message(self) -> str:
        if not self.folds:
            return f"there is no fold {self.fold}: `data.split.folds` does not say how many there are"
        return f"there is no fold {self.fold}: the folds are numbered from 1 to {self.folds}"

    @property
    def help(self) -> str:
        return "" if self.folds else "write `split: {folds: 5}`"


class TooManyFolds(Problem):
    """Folds of which some would have no example, no group, or nothing of a class."""

    code: ClassVar[str] = "R548"

    folds: int
    what: str
    count: int

    @property
    def message(self) -> str:
        return f"{self.folds} folds need as many {self.what}. Received: {self.count}"

    @property
    def help(self) -> str:
        return "ask for fewer folds"


class NoOrder(Problem):
    """A column to order rows by whose cells are neither numbers nor dates."""

    code: ClassVar[str] = "R549"

    column: str
    cell: str
    count: int
    places: tuple[Place, ...]

    @property
    def message(self) -> str:
        cells = "1 cell that is" if self.count == 1 else f"{self.count} cells that are"
        return (
            f"`data.split.time` needs numbers or dates, and `{self.column}` has {cells} neither, such as "
            f"`{self.cell}`: {listed(self.places, self.count)}"
        )

    @property
    def help(self) -> str:
        written = f'`features: {{{self.column}: {{date: {{format: "%d.%m.%Y %H:%M"}}}}}}`'
        return f"if these are dates, write their format: {written}"


class TooFewTimes(Problem):
    """Fewer points in time than parts."""

    code: ClassVar[str] = "R587"

    column: str
    count: int
    parts: tuple[str, ...]

    @property
    def message(self) -> str:
        values = "1 value" if self.count == 1 else f"{self.count} different values"
        return f"the column `{self.column}` has {values}, too few for {', '.join(self.parts)}"
