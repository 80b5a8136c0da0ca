"""R36x: how much examples and classes count, and in which shares they come."""

from typing import ClassVar

from recipe.diagnostics.data import counted
from recipe.diagnostics.places import Place, listed
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.suggestions import meant
from recipe.diagnostics.wording import clipped, listing


class NotAWeight(Problem):
    """A column of example weights with cells that are no finite number of at least 0."""

    code: ClassVar[str] = "R360"
    why: ClassVar[str] = "a negative weight would push the network away from the answer of its example"

    column: str
    value: str
    count: int
    places: tuple[Place, ...]

    @property
    def message(self) -> str:
        return (
            f"`data.weight` needs numbers of at least 0 in `{self.column}`. "
            f"Received: `{clipped(self.value)}`, {listed(self.places, self.count)}"
        )


class NothingCounts(Problem):
    """A part of the data whose every example has weight 0."""

    code: ClassVar[str] = "R361"

    column: str
    part: str
    rows: int

    @property
    def message(self) -> str:
        return f"`{self.column}` gives weight 0 to all {counted(self.rows, 'example')} of `{self.part}`"

    @property
    def help(self) -> str:
        return "take these rows out, or the key `data.weight`"


class NoSuchClass(Problem):
    """A class weight for a class that the target does not have."""

    code: ClassVar[str] = "R362"
    bad: ClassVar[str] = (
        "data: {source: {bundled: penguins}, target: species, missing: drop}\n"
        "training: {epochs: 2, class_weight: {Adelei: 2}}"
    )
    good: ClassVar[str] = (
        "data: {source: {bundled: penguins}, target: species, missing: drop}\n"
        "training: {epochs: 2, class_weight: {Adelie: 2}}"
    )

    target: str
    name: str
    known: tuple[str, ...]

    @property
    def message(self) -> str:
        return f"the target `{self.target}` has no class `{clipped(self.name)}`"

    @property
    def label(self) -> str:
        nearest = meant(self.name, self.known)
        return f"did you mean `{nearest}`?" if nearest else ""

    @property
    def help(self) -> str:
        return "" if self.label else f"its classes: {listing(self.known)}"


class CannotBeAugmented(Problem):
    """Mixup of numbers that are names, or CutMix or another augmentation of images for what is no image."""

    code: ClassVar[str] = "R364"
    bad: ClassVar[str] = (
        "data: {source: {bundled: penguins}, target: species, missing: drop}\nregularization: {cutmix: 1.0}"
    )
    good: ClassVar[str] = (
        "data: {source: {bundled: penguins}, target: species, missing: drop}\nregularization: {mixup: 0.2}"
    )

    word: str
    name: str
    found: str

    @property
    def message(self) -> str:
        needed = "numbers, of which there are means" if self.word == "mixup" else "images"
        return (
            f"`regularization.{self.word}` needs inputs that are {needed}. "
            f"Received: `{self.name}`, {self.found}"
        )


class NoBranch(Problem):
    """Stochastic depth for a network without a residual branch."""

    code: ClassVar[str] = "R366"
    why: ClassVar[str] = "a rate that nothing uses would be a setting silently lost"
    bad: ClassVar[str] = "architecture: [Flatten, head]\nregularization: {drop_path: 0.2}"
    good: ClassVar[str] = (
        "architecture: [Flatten, {Dense: 8}, {residual: [{Dense: 8}]}, head]\n"
        "regularization: {drop_path: 0.2}"
    )

    @property
    def message(self) -> str:
        return "`regularization.drop_path` changes nothing: the architecture has no `residual`"


class NeedsClasses(Problem):
    """Class weights, or balanced sampling, for a target without classes of whole examples."""

    code: ClassVar[str] = "R363"
    bad: ClassVar[str] = (
        "data: {source: {bundled: penguins}, target: body_mass_g, missing: drop}\n"
        "training: {epochs: 2, class_weight: balanced}"
    )
    good: ClassVar[str] = (
        "data: {source: {bundled: penguins}, target: species, missing: drop}\n"
        "training: {epochs: 2, class_weight: balanced}"
    )

    path: str
    value: str
    needed: str
    found: str

    @property
    def message(self) -> str:
        return f"`{self.path}: {self.value}` needs {self.needed}. Received: {self.found}"
