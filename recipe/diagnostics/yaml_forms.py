"""R114 to R124: YAML that a spec does not use."""

from typing import ClassVar

from recipe.diagnostics.problems import Fix, Label, Problem
from recipe.diagnostics.spans import Span
from recipe.diagnostics.suggestions import nearest
from recipe.diagnostics.wording import clipped, in_quotes


class AliasExpansion(Problem):
    """Aliases that stand for more than a spec may hold when written out."""

    code: ClassVar[str] = "R114"
    why: ClassVar[str] = "a few lines of aliases of aliases can stand for billions of values"

    alias: str
    most_nodes: int
    most_characters: int

    @property
    def message(self) -> str:
        return (
            f"with `*{clipped(self.alias)}` written out the spec passes {self.most_nodes:,} keys and values "
            f"or {self.most_characters:,} characters"
        )


class CyclicAlias(Problem):
    """An alias inside the very value that it stands for."""

    code: ClassVar[str] = "R115"
    bad: ClassVar[str] = "a: &x [*x]"
    good: ClassVar[str] = "a: &x [1]\nb: *x"

    alias: str
    anchor: Span

    @property
    def message(self) -> str:
        return f"`*{clipped(self.alias)}` stands inside the value that it repeats"

    @property
    def further(self) -> tuple[Label, ...]:
        return (Label(self.anchor, "the value begins here"),)


class UnknownAlias(Problem):
    """An alias without an anchor, usually a pattern without quotes."""

    code: ClassVar[str] = "R116"
    why: ClassVar[str] = "in YAML a value that starts with `*` repeats the value marked with `&`"
    bad: ClassVar[str] = "match: *bias"
    good: ClassVar[str] = 'match: "*bias"'

    alias: str
    known: tuple[str, ...]

    @property
    def message(self) -> str:
        return f"`*{clipped(self.alias)}` repeats a value, and none is marked `&{clipped(self.alias)}` above"

    @property
    def label(self) -> str:
        meant = nearest(self.alias, self.known)
        return f"did you mean `*{meant}`?" if meant else ""

    @property
    def help(self) -> str:
        return "" if self.label else f"if it is a pattern, quote it: `{in_quotes('*' + self.alias)}`"


class DuplicateKey(Problem):
    """A key twice in one mapping."""

    code: ClassVar[str] = "R117"
    why: ClassVar[str] = "most readers keep the last one silently"
    bad: ClassVar[str] = "name: a\nname: b"
    good: ClassVar[str] = "name: a"

    key: str
    first: Span

    @property
    def message(self) -> str:
        return f"the key `{clipped(self.key)}` stands twice in one mapping"

    @property
    def label(self) -> str:
        return "again here"

    @property
    def further(self) -> tuple[Label, ...]:
        return (Label(self.first, "first here"),)


class TagWritten(Problem):
    """A YAML tag, such as `!!python/object` or `!include`."""

    code: ClassVar[str] = "R118"
    why: ClassVar[str] = "a spec is data; tags make other YAML readers build objects and run code"
    bad: ClassVar[str] = "name: !!str 1"
    good: ClassVar[str] = 'name: "1"'

    tag: str

    @property
    def message(self) -> str:
        return f"a spec has no tags. Received: `{clipped(self.tag)}`"

    @property
    def help(self) -> str:
        return "remove the tag; quotes make a string, and a value that starts with `!` needs quotes"


class MergeKey(Problem):
    """YAML 1.1's merge key `<<`."""

    code: ClassVar[str] = "R119"
    why: ClassVar[str] = (
        "YAML 1.2 dropped it, and its precedence surprises; `extends` and `blocks` do its work"
    )
    bad: ClassVar[str] = "a: &a {b: 1}\nc: {<<: *a}"
    good: ClassVar[str] = "a: &a {b: 1}\nc: *a"

    @property
    def message(self) -> str:
        return "a spec has no merge keys `<<`"

    @property
    def help(self) -> str:
        return "write the keys out, or use `extends`, `blocks` or `vars`"


class NonStringKey(Problem):
    """A key that YAML reads as a number, true, false or null."""

    code: ClassVar[str] = "R120"
    bad: ClassVar[str] = "class_weight: {0: 1.0}"
    good: ClassVar[str] = 'class_weight: {"0": 1.0}'

    text: str
    kind: str
    before: str = ""

    @property
    def message(self) -> str:
        shown = f" `{clipped(self.text)}`" if self.text else ""
        return f"a key must be a string. Received: {self.kind}{shown}"

    @property
    def label(self) -> str:
        if self.before:
            return f"a comma ends a value; did you mean `{clipped(f'{self.before}.{self.text}')}`?"
        return f"quote it: `{in_quotes(self.text)}`" if self.text else "write a key before the colon"

    @property
    def fix(self) -> Fix | None:
        return self.rewritten(in_quotes(self.text), self.text) if self.text and not self.before else None


class ComplexKey(Problem):
    """A list or mapping as a key."""

    code: ClassVar[str] = "R121"
    bad: ClassVar[str] = "? [a, b]\n: 1"
    good: ClassVar[str] = "a: 1\nb: 1"

    @property
    def message(self) -> str:
        return "a key must be a string. Received: a list or mapping"

    @property
    def help(self) -> str:
        return 'if it is an expression, quote it: `"${...}"`'


class MissingSpace(Problem):
    """A colon without a space after it, which is part of a word in YAML."""

    code: ClassVar[str] = "R122"
    bad: ClassVar[str] = "architecture: [{Dense:10}]"
    good: ClassVar[str] = "architecture: [{Dense: 10}]"

    text: str

    @property
    def message(self) -> str:
        return f"`{clipped(self.text)}` is one word to YAML: a space is missing after its colon"

    @property
    def label(self) -> str:
        key, _, value = self.text.partition(":")
        return f"write `{clipped(key)}: {clipped(value)}`"

    @property
    def fix(self) -> Fix | None:
        key, _, value = self.text.partition(":")
        return self.rewritten(f"{key}: {value}" if value and ":" not in value else "", self.text)


class NumberOutOfRange(Problem):
    """A number that a computer's number cannot hold."""

    code: ClassVar[str] = "R123"
    why: ClassVar[str] = "it would become infinity or zero silently"
    bad: ClassVar[str] = "learning_rate: 1e400"
    good: ClassVar[str] = "learning_rate: 1e-3"

    text: str

    @property
    def message(self) -> str:
        return f"`{clipped(self.text, 30)}` is out of range: integers go to 2^64, other numbers to 1.8e308"

    @property
    def help(self) -> str:
        return "if infinity is meant, write `.inf`"


class Directive(Problem):
    """A YAML directive: a line that starts with `%` before the document."""

    code: ClassVar[str] = "R124"
    why: ClassVar[str] = "a spec is YAML 1.2 without tags, so there is nothing to direct"
    bad: ClassVar[str] = "%YAML 1.1\n---\nrecipe: 1"
    good: ClassVar[str] = "recipe: 1"

    text: str

    @property
    def message(self) -> str:
        return f"a spec has no YAML directives. Received: `{clipped(self.text)}`"

    @property
    def help(self) -> str:
        return "remove the line; a value that starts with `%` needs quotes"
