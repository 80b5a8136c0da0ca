"""R2xx: specs that extend others, and what these ask of them."""

from typing import ClassVar

from recipe.diagnostics.names import _did_you_mean
from recipe.diagnostics.problems import Label, Problem
from recipe.diagnostics.spans import Span
from recipe.diagnostics.suggestions import meant
from recipe.diagnostics.wording import clipped, listing


class RequiredVariable(Problem):
    """A variable that a template leaves to its users."""

    code: ClassVar[str] = "R213"
    bad: ClassVar[str] = "vars: {width: required}\narchitecture: [Flatten, {Dense: $width}, head]"
    good: ClassVar[str] = "vars: {width: 32}\narchitecture: [Flatten, {Dense: $width}, head]"

    name: str
    left_open: Span | None = None

    @property
    def message(self) -> str:
        return f"the variable `{clipped(self.name)}` is required and has no value"

    @property
    def further(self) -> tuple[Label, ...]:
        return (Label(self.left_open, "left to its users here"),) if self.left_open else ()

    @property
    def help(self) -> str:
        return f"write `vars: {{{self.name}: ...}}`"


class UnknownTemplate(Problem):
    """A template or file that `extends` names and that does not exist."""

    code: ClassVar[str] = "R216"
    bad: ClassVar[str] = "extends: digits-mpl"
    good: ClassVar[str] = "extends: digits-mlp"

    name: str
    known: tuple[str, ...]

    @property
    def message(self) -> str:
        return f"there is no template or file `{clipped(self.name)}`"

    @property
    def label(self) -> str:
        by_stem = {name.removesuffix(".yaml"): name for name in self.known}
        nearest = meant(self.name.removesuffix(".yaml"), by_stem)
        return f"did you mean `{by_stem[nearest]}`?" if nearest else ""

    @property
    def help(self) -> str:
        return f"templates and specs here: {listing(self.known)}" if self.known and not self.label else ""


class ExtendsItself(Problem):
    """A chain of `extends` that comes back to where it began."""

    code: ClassVar[str] = "R217"

    chain: tuple[str, ...]
    first: Span | None = None

    @property
    def message(self) -> str:
        return f"`extends` goes in a circle: {' -> '.join(self.chain)}"

    @property
    def help(self) -> str:
        return "remove `extends` from one of these files"

    @property
    def further(self) -> tuple[Label, ...]:
        return (Label(self.first, "the circle begins here"),) if self.first else ()


class PathRefused(Problem):
    """A file that an argument of Keras would read or write."""

    code: ClassVar[str] = "R219"
    why: ClassVar[str] = "a spec is data: it reads and writes no files but those that `data` names"
    bad: ClassVar[str] = "training: {epochs: 5, callbacks: [{ModelCheckpoint: {filepath: best.keras}}]}"
    good: ClassVar[str] = "training: {epochs: 5, callbacks: [TerminateOnNaN]}"

    path: str

    @property
    def message(self) -> str:
        return f"`{self.path}` would open a file and cannot be written in a spec"

    @property
    def help(self) -> str:
        return f"leave out `{self.path.rpartition('.')[2]}`, or the whole object where it must be given"


class UnusedVariable(Problem):
    """A variable that nothing uses."""

    code: ClassVar[str] = "R220"
    why: ClassVar[str] = "a misspelled variable would train with the value of the right one unchanged"
    bad: ClassVar[str] = "vars: {width: 32}\narchitecture: [Flatten, {Dense: 32}, head]"
    good: ClassVar[str] = "vars: {width: 32}\narchitecture: [Flatten, {Dense: $width}, head]"

    name: str
    known: tuple[str, ...]

    @property
    def message(self) -> str:
        return f"nothing uses the variable `{clipped(self.name)}`"

    @property
    def label(self) -> str:
        return _did_you_mean(self.name, self.known)

    @property
    def help(self) -> str:
        return f"write `${clipped(self.name)}` where its value belongs, or remove it"


class SetFromOutside(Problem):
    """A key that only a file can have."""

    code: ClassVar[str] = "R221"

    key: str

    @property
    def message(self) -> str:
        return f"`{self.key}` cannot be set from outside"

    @property
    def help(self) -> str:
        return f"write `{self.key}` in the spec"


class ExtendsTooMuch(Problem):
    """More below a spec than any honest one stands on."""

    code: ClassVar[str] = "R222"
    why: ClassVar[str] = "checking a spec must stay quick, whoever wrote it"

    most: int
    most_bytes: int

    @property
    def message(self) -> str:
        return f"a spec must extend at most {self.most} files of together {self.most_bytes:,} bytes"
