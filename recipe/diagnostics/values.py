"""R2xx: words that are not known, and values that are not admitted where they stand."""

from typing import ClassVar

from recipe.diagnostics.problems import Fix, Label, Problem
from recipe.diagnostics.spans import Span
from recipe.diagnostics.suggestions import meant
from recipe.diagnostics.text import clipped


def with_article(noun: str) -> str:
    """A noun with `a` or `an`.

    >>> with_article("optimizer"), with_article("layer")
    ('an optimizer', 'a layer')
    """
    return f"{'an' if noun[:1] in 'aeiou' else 'a'} {noun}"


def _did_you_mean(name: str, known: tuple[str, ...]) -> str:
    nearest = meant(name, known)
    return f"did you mean `{nearest}`?" if nearest else ""


def listing(known: tuple[str, ...], most: int = 12) -> str:
    """Names for a message, the first of them when there are many.

    >>> listing(("a", "b", "c"), most=2)
    'a, b, and 1 more'
    """
    shown = ", ".join(known[:most])
    return f"{shown}, and {len(known) - most} more" if len(known) > most else shown


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
    why: ClassVar[str] = "only names in the catalog can be built, spelled as on keras.io"
    bad: ClassVar[str] = "architecture: [Dens: 10]"
    good: ClassVar[str] = "architecture: [Dense: 10]"

    path: str
    family: str
    name: str
    known: tuple[str, ...]
    families: tuple[str, ...] = ()
    suggestion: str = ""

    @property
    def message(self) -> str:
        return f"there is no {self.family.replace('_', ' ')} `{clipped(self.name)}`"

    @property
    def label(self) -> str:
        if self.families:
            kind = self.families[0].replace("_", " ")
            return f"`{self.name}` is {with_article(kind)}, not {with_article(self.family)}"
        if self.suggestion:
            return f"did you mean `{self.suggestion}`?"
        return _did_you_mean(self.name, self.known)

    @property
    def help(self) -> str:
        is_short = len(self.known) <= 24
        return f"known here: {listing(self.known, most=24)}" if is_short and not self.label else ""

    @property
    def fix(self) -> Fix | None:
        if self.families:
            return None
        return self.rewritten(self.suggestion or meant(self.name, self.known) or "", self.name)


class UnknownArgument(Problem):
    """An argument that the object does not take."""

    code: ClassVar[str] = "R203"
    why: ClassVar[str] = "arguments are Keras's own; one that is not taken would train with a default"
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


class NotBuiltYet(Problem):
    """A word of the language that this version does not have yet."""

    code: ClassVar[str] = "R208"
    why: ClassVar[str] = "a word that is accepted and ignored would train something else than was written"
    bad: ClassVar[str] = "data: {source: {bundled: penguins}, features: {island: mask}}"
    good: ClassVar[str] = "data: {source: {bundled: penguins}, features: {island: category}}"

    path: str
    word: str
    form: str = ""

    @property
    def message(self) -> str:
        if self.form:
            return f"a {self.form} in `{self.path}` is a form of the language that is not built yet"
        return f"`{self.word}` is a word of the language that is not built yet"

    @property
    def help(self) -> str:
        return "" if self.form else f"leave `{self.word}` out for now"


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


class RequiredVariable(Problem):
    """A variable that a template leaves to its users."""

    code: ClassVar[str] = "R213"
    bad: ClassVar[str] = "vars: {width: required}\narchitecture: [Flatten, {Dense: $width}, head]"
    good: ClassVar[str] = "vars: {width: 32}\narchitecture: [Flatten, {Dense: $width}, head]"

    name: str

    @property
    def message(self) -> str:
        return f"the variable `{clipped(self.name)}` is required and has no value"

    @property
    def help(self) -> str:
        return f"write `vars: {{{self.name}: ...}}`"


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


class NameLeftOut(Problem):
    """Arguments of an object without its name."""

    code: ClassVar[str] = "R218"
    bad: ClassVar[str] = "optimizer: {learning_rate: 1e-3}"
    good: ClassVar[str] = "optimizer: {Adam: {learning_rate: 1e-3}}"

    path: str
    what: str
    argument: str

    @property
    def message(self) -> str:
        return (
            f"`{self.argument}` in `{self.path}` is an argument, and the name of the {self.what} is missing"
        )

    @property
    def label(self) -> str:
        return f"write `Name: {{{self.argument}: ...}}`"


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
