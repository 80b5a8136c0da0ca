"""R2xx: names that are not known, or do not belong where they stand."""

from typing import ClassVar

from recipe.diagnostics.problems import Fix, Problem
from recipe.diagnostics.suggestions import meant
from recipe.diagnostics.wording import clipped, listing, with_article


def _did_you_mean(name: str, known: tuple[str, ...]) -> str:
    nearest = meant(name, known)
    return f"did you mean `{nearest}`?" if nearest else ""


class UnknownKey(Problem):
    """A key that this part of a spec does not have."""

    code: ClassVar[str] = "R201"
    why: ClassVar[str] = "a key that nobody reads would be a setting silently lost"
    bad: ClassVar[str] = "training: {epoch: 5}"
    good: ClassVar[str] = "training: {epochs: 5}"

    path: str
    key: str
    known: tuple[str, ...]
    elsewhere: str = ""

    @property
    def message(self) -> str:
        return (
            f"`{self.path}` has no key `{clipped(self.key)}`"
            if self.path
            else f"a spec has no section `{clipped(self.key)}`"
        )

    @property
    def label(self) -> str:
        return _did_you_mean(self.key, self.known) or self.elsewhere

    @property
    def help(self) -> str:
        return "" if self.label else f"known here: {listing(self.known, most=20)}"

    @property
    def fix(self) -> Fix | None:
        return self.rewritten(meant(self.key, self.known) or "", self.key)


class UnknownName(Problem):
    """A name that no class and no word of its family has."""

    code: ClassVar[str] = "R202"
    why: ClassVar[str] = "only names in the catalog can be built; those of Keras are spelled as on keras.io"
    bad: ClassVar[str] = "architecture: [Dens: 10]"
    good: ClassVar[str] = "architecture: [Dense: 10]"

    path: str
    family: str
    name: str
    known: tuple[str, ...]
    families: tuple[str, ...] = ()
    suggestion: str = ""
    instead: str = ""

    @property
    def message(self) -> str:
        return f"there is no {self.family.replace('_', ' ')} `{clipped(self.name)}`"

    @property
    def label(self) -> str:
        if self.families:
            kind = self.families[0].replace("_", " ")
            return f"`{self.name}` is {with_article(kind)}, not {with_article(self.family)}"
        if self.instead:
            return self.instead
        if self.suggestion:
            return f"did you mean `{self.suggestion}`?"
        return _did_you_mean(self.name, self.known)

    @property
    def help(self) -> str:
        is_short = len(self.known) <= 24
        return f"known here: {listing(self.known, most=24)}" if is_short and not self.label else ""

    @property
    def fix(self) -> Fix | None:
        if self.families or self.instead:
            return None
        return self.rewritten(self.suggestion or meant(self.name, self.known) or "", self.name)


class UnknownArgument(Problem):
    """An argument that the object does not take."""

    code: ClassVar[str] = "R203"
    why: ClassVar[str] = "an argument that nobody takes would train with a default"
    bad: ClassVar[str] = "optimizer: {AdamW: {learning_rat: 1e-3}}"
    good: ClassVar[str] = "optimizer: {AdamW: {learning_rate: 1e-3}}"

    path: str
    argument: str
    known: tuple[str, ...]
    elsewhere: str = ""

    @property
    def message(self) -> str:
        return f"`{self.path}` has no argument `{clipped(self.argument)}`"

    @property
    def label(self) -> str:
        return _did_you_mean(self.argument, self.known) or self.elsewhere

    @property
    def help(self) -> str:
        if self.label:
            return ""
        return f"it takes: {listing(self.known)}" if self.known else "it takes no arguments"

    @property
    def fix(self) -> Fix | None:
        return self.rewritten(meant(self.argument, self.known) or "", self.argument)


class ReservedWord(Problem):
    """A word that is kept for a later version of the language."""

    code: ClassVar[str] = "R209"
    bad: ClassVar[str] = "sweep: {}"
    good: ClassVar[str] = "runtime: {seed: 1}"

    path: str
    word: str

    @property
    def message(self) -> str:
        return f"`{self.word}` is reserved for a later version of the language"

    @property
    def help(self) -> str:
        return f"leave `{self.word}` out"


class MisplacedObject(Problem):
    """An object of one family where a section or another thing belongs."""

    code: ClassVar[str] = "R214"
    bad: ClassVar[str] = "Dense: 10"
    good: ClassVar[str] = "architecture: [Dense: 10]"

    path: str
    name: str
    family: str
    section: str

    @property
    def message(self) -> str:
        where = f"in `{self.path}`" if self.path else "at the top of a spec"
        return f"`{self.name}` is {with_article(self.family)} and does not belong {where}"

    @property
    def label(self) -> str:
        return f"put it into `{self.section}`"


class CarriesCode(Problem):
    """A name that would carry code into a spec."""

    code: ClassVar[str] = "R215"
    why: ClassVar[str] = "a spec is data: it can be checked and run without trusting who wrote it"
    bad: ClassVar[str] = "architecture: [{Lambda: x}, head]"
    good: ClassVar[str] = "architecture: [Flatten, head]"

    name: str

    @property
    def message(self) -> str:
        return f"`{self.name}` carries code and cannot be built from a spec"

    @property
    def help(self) -> str:
        return "write it with classes of Keras that carry none"


class NameLeftOut(Problem):
    """Arguments of an object without its name."""

    code: ClassVar[str] = "R218"
    bad: ClassVar[str] = "optimizer: {learning_rate: 1e-3}"
    good: ClassVar[str] = "optimizer: {Adam: {learning_rate: 1e-3}}"

    path: str
    what: str
    argument: str
    value: str = ""

    @property
    def message(self) -> str:
        return (
            f"`{self.argument}` in `{self.path}` is an argument, and the name of the {self.what} is missing"
        )

    @property
    def label(self) -> str:
        return f"write `{self.value}: {{...}}`" if self.value else f"write `Name: {{{self.argument}: ...}}`"
