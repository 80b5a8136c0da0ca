"""R518, R519 and R500: pixels of masks that are no class, or classes without a pixel."""

from typing import ClassVar

from recipe.diagnostics.data import counted
from recipe.diagnostics.data_files import names
from recipe.diagnostics.places import Place, listed
from recipe.diagnostics.problems import Problem, Severity

_MOST_NAMED = 12


def values_in_words(values: tuple[int, ...]) -> str:
    """Some values of pixels: `0, 1, 2`, or only the first where there are many."""
    shown = ", ".join(map(str, values[:_MOST_NAMED]))
    return shown if len(values) <= _MOST_NAMED else f"{shown} ... {values[-1]}"


class UnclearPixels(Problem):
    """Masks whose pixels do not say which classes there are."""

    code: ClassVar[str] = "R518"
    why: ClassVar[str] = (
        "a class is a number from 0 without a gap; other values are classes that do not occur, shades of "
        "gray, the blur of a JPEG, or a mark that is no class, and a guess would be learned"
    )

    target: str
    values: tuple[int, ...]

    @property
    def message(self) -> str:
        found = f"{counted(len(self.values), 'value')}: {values_in_words(self.values)}"
        return f"the classes of the mask `{self.target}` are not clear. Its pixels have {found}"

    @property
    def help(self) -> str:
        first, last = self.values[0], self.values[-1]
        begun = sum(value == number for number, value in enumerate(self.values))
        ways = (
            (f"`classes: {begun}` to be told which files have other values", 1 < begun < len(self.values)),
            (f"`classes: {last + 1}` for all up to {last}", first >= 0 and 0 < last < 255),
            (
                f"`classes: {{background: {first}, object: {last}}}` with the values of both",
                0 <= first < last,
            ),
            ("`ignore: 255` for what does not count", True),
            ("`above: 127` for two classes of shades", True),
        )
        fitting = "; ".join(way for way, fits in ways if fits)
        return f"in `target: {{{self.target}: {{mask: ...}}}}` write {fitting}"


class NoPixelClass(Problem):
    """Pixels of masks whose value is none of the classes."""

    code: ClassVar[str] = "R519"
    why: ClassVar[str] = "a loss over classes becomes NaN or wrong where there is none"

    target: str
    part: str
    value: int
    values: tuple[int, ...]
    count: int
    places: tuple[Place, ...]

    @property
    def message(self) -> str:
        examples = f"{counted(self.count, 'example')} of `{self.part}`"
        return (
            f"a pixel of the mask `{self.target}` is {self.value}, which is none of its classes "
            f"({values_in_words(self.values)}), in {examples}: {listed(self.places, self.count)}"
        )

    @property
    def help(self) -> str:
        return "mend these masks, or say what the value means with `classes` or `ignore` of the kind `mask`"


class ClassesWithoutPixels(Problem):
    """Classes of a mask that occur in no pixel of the training split."""

    code: ClassVar[str] = "R500"
    severity: ClassVar[Severity] = Severity.WARNING
    why: ClassVar[str] = "a class that is never shown is never learned"

    target: str
    classes: tuple[str, ...]
    total: int

    @property
    def message(self) -> str:
        absent = f"{len(self.classes)} of {self.total} classes of the mask `{self.target}`"
        return f"{absent} have no pixel in the training split: {names(self.classes)}"
