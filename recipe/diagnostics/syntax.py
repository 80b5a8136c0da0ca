"""R130 to R149: what YAML's grammar refuses, in the words of this notation."""

import re
from typing import ClassVar

from recipe.diagnostics.problems import Label, Problem
from recipe.diagnostics.spans import Span
from recipe.diagnostics.wording import clipped, in_quotes


class TabCharacter(Problem):
    """A tab where YAML wants spaces."""

    code: ClassVar[str] = "R130"
    why: ClassVar[str] = "tabs are as wide as each editor likes, so YAML does not indent with them"
    bad: ClassVar[str] = "training:\n\tepochs: 5"
    good: ClassVar[str] = "training:\n  epochs: 5"

    @property
    def message(self) -> str:
        return "a tab stands where YAML wants spaces"

    @property
    def label(self) -> str:
        return "a tab (→); write two spaces"


class SiblingsWithoutColon(Problem):
    """A key below an object's name that has no colon."""

    code: ClassVar[str] = "R131"
    why: ClassVar[str] = "without the colon YAML reads both lines as one long word"
    bad: ClassVar[str] = "architecture:\n  - Flatten\n    as: flat"
    good: ClassVar[str] = "architecture:\n  - Flatten:\n    as: flat"

    name: str
    key: str
    key_span: Span

    @property
    def message(self) -> str:
        return f"`{clipped(self.name)}` needs a colon, because `{clipped(self.key)}` stands below it"

    @property
    def label(self) -> str:
        return f"write `{clipped(self.name)}:`"

    @property
    def further(self) -> tuple[Label, ...]:
        return (Label(self.key_span, "this belongs to it"),)


class BelowAValue(Problem):
    """A key indented below a line that already has its value."""

    code: ClassVar[str] = "R132"
    bad: ClassVar[str] = "optimizer: SGD\n  groups: []"
    good: ClassVar[str] = "optimizer:\n  SGD:\n  groups: []"

    key: str
    above: str
    value: str
    value_span: Span

    @property
    def message(self) -> str:
        return f"`{clipped(self.key)}` is indented below `{clipped(self.above)}`, which already has a value"

    @property
    def further(self) -> tuple[Label, ...]:
        return (Label(self.value_span, f"the value of `{clipped(self.above)}`"),)

    @property
    def help(self) -> str:
        if not self.value[:1].isupper():
            return f"indent it like `{clipped(self.above)}`"
        return f"put `{clipped(self.value)}:` on a line of its own below `{clipped(self.above)}:`"


class SecondColon(Problem):
    """Two colons on one line."""

    code: ClassVar[str] = "R133"
    bad: ClassVar[str] = "optimizer: SGD: 0.1"
    good: ClassVar[str] = "optimizer: {SGD: 0.1}"

    key: str
    value: str

    @property
    def message(self) -> str:
        return f"a second colon stands on the line of `{clipped(self.key)}`"

    @property
    def help(self) -> str:
        mapping = f"{clipped(self.key)}: {{{clipped(self.value)}}}"
        return f"write `{mapping}` for a mapping, `{in_quotes(self.value)}` for text"


class UnquotedExpression(Problem):
    """An expression inside braces or brackets without quotes."""

    code: ClassVar[str] = "R134"
    why: ClassVar[str] = "inside braces YAML reads the `{` of `${` as the start of a mapping"
    bad: ClassVar[str] = "architecture: [{Dense: ${width * 2}}]"
    good: ClassVar[str] = 'architecture: [{Dense: "${width * 2}"}]'

    text: str

    @property
    def message(self) -> str:
        return f"`{clipped(self.text)}` must be quoted inside braces and brackets"

    @property
    def label(self) -> str:
        return f"write `{in_quotes(self.text)}`"


class UnquotedPattern(Problem):
    """A pattern that starts with `*` without quotes."""

    code: ClassVar[str] = "R135"
    why: ClassVar[str] = "in YAML a value that starts with `*` repeats another value"
    bad: ClassVar[str] = "match: */bias"
    good: ClassVar[str] = 'match: "*/bias"'

    text: str

    @property
    def message(self) -> str:
        return f"`{clipped(self.text)}` must be quoted, because it starts with `*`"

    @property
    def label(self) -> str:
        return f"write `{in_quotes(self.text)}`"


class ReservedCharacter(Problem):
    """A value that starts with a character that YAML keeps for itself."""

    code: ClassVar[str] = "R136"
    bad: ClassVar[str] = "name: @home"
    good: ClassVar[str] = 'name: "@home"'

    text: str

    @property
    def message(self) -> str:
        return f"a value must not start with `{self.text[:1]}` without quotes"

    @property
    def label(self) -> str:
        return f"write `{in_quotes(self.text)}`"


class UnclosedQuote(Problem):
    """A quote that never ends."""

    code: ClassVar[str] = "R137"
    bad: ClassVar[str] = 'name: "a'
    good: ClassVar[str] = 'name: "a"'

    quote: str

    @property
    def message(self) -> str:
        return f"the quote {self.quote} that opens here is never closed"


class UnclosedBracket(Problem):
    """A bracket or brace that never ends."""

    code: ClassVar[str] = "R138"
    bad: ClassVar[str] = "a: [1, 2"
    good: ClassVar[str] = "a: [1, 2]"

    bracket: str
    noticed: Span

    @property
    def message(self) -> str:
        return f"the `{self.bracket}` that opens here is never closed"

    @property
    def further(self) -> tuple[Label, ...]:
        return (Label(self.noticed, f"`{_CLOSING.get(self.bracket, ']')}` expected before this"),)


_CLOSING = {"[": "]", "{": "}"}


class WrongBracket(Problem):
    """A bracket closed by one of the other kind, or by one that nothing opened."""

    code: ClassVar[str] = "R139"
    bad: ClassVar[str] = "a: [1, 2}"
    good: ClassVar[str] = "a: [1, 2]"

    received: str
    opening: str = ""
    opened: Span | None = None

    @property
    def message(self) -> str:
        if not self.opening:
            return f"`{self.received}` closes nothing"
        return f"`{self.opening}` must be closed by `{_CLOSING[self.opening]}`. Received: `{self.received}`"

    @property
    def further(self) -> tuple[Label, ...]:
        return (Label(self.opened, "opened here"),) if self.opened else ()


class MissingComma(Problem):
    """Two entries inside brackets or braces without a comma between them."""

    code: ClassVar[str] = "R140"
    bad: ClassVar[str] = "a: {b: 1 c: 2}"
    good: ClassVar[str] = "a: {b: 1, c: 2}"

    bracket: str
    opened: Span

    @property
    def message(self) -> str:
        return f"a comma or `{_CLOSING.get(self.bracket, ']')}` is missing before this"

    @property
    def further(self) -> tuple[Label, ...]:
        return (Label(self.opened, "opened here"),)


class NoValue(Problem):
    """Punctuation where a value is wanted."""

    code: ClassVar[str] = "R141"
    bad: ClassVar[str] = "a: [1,, 2]"
    good: ClassVar[str] = "a: [1, 2]"

    received: str

    @property
    def message(self) -> str:
        return f"a value is wanted here. Received: `{self.received}`"

    @property
    def help(self) -> str:
        return "inside brackets items are separated by commas" if self.received == "-" else ""


class Indentation(Problem):
    """A line whose indentation fits no line above it."""

    code: ClassVar[str] = "R142"
    bad: ClassVar[str] = "a:\n  b: 1\n c: 2"
    good: ClassVar[str] = "a:\n  b: 1\n  c: 2"

    block: Span

    @property
    def message(self) -> str:
        return "the indentation of this line fits no line above it"

    @property
    def further(self) -> tuple[Label, ...]:
        return (Label(self.block, "the block that it interrupts begins here"),)


def _spaced(line: str) -> str:
    """What to write in place of a line such as `-Flatten`; empty for others."""
    is_glued = re.match(r"-[A-Za-z]", line)
    return f"a space is missing after its dash: `- {clipped(line[1:])}`" if is_glued else ""


class MixedBlock(Problem):
    """Items of a list and keys of a mapping side by side."""

    code: ClassVar[str] = "R143"
    bad: ClassVar[str] = "architecture:\n  - Flatten\n  Dense: 10"
    good: ClassVar[str] = "architecture:\n  - Flatten\n  - Dense: 10"

    received: str
    block: Span
    text: str = ""

    @property
    def message(self) -> str:
        if self.received == "-":
            return "a list item stands between the keys of a mapping"
        return "a key stands between the items of a list"

    @property
    def further(self) -> tuple[Label, ...]:
        return (Label(self.block, "the block begins here"),)

    @property
    def label(self) -> str:
        return _spaced(self.text)

    @property
    def help(self) -> str:
        if self.label:
            return ""
        if self.received == "-":
            return "indent the list below its key"
        return "write `- ` before it, or indent it below its item"


class MissingColon(Problem):
    """A line of a mapping without a colon."""

    code: ClassVar[str] = "R144"
    bad: ClassVar[str] = "name: a\nepochs\n"
    good: ClassVar[str] = "name: a\nepochs: 5\n"

    text: str

    @property
    def message(self) -> str:
        return f"`{clipped(self.text)}` has no colon; a line here must be `key: value`"

    @property
    def label(self) -> str:
        key, equals, value = self.text.partition("=")
        if spaced := _spaced(self.text):
            return spaced
        return f"write `{clipped(key.strip())}: {clipped(value.strip())}`" if equals else ""


class BadEscape(Problem):
    """A backslash in double quotes that spells no character."""

    code: ClassVar[str] = "R145"
    why: ClassVar[str] = (
        "in double quotes a backslash starts an escape such as `\\n`; in single quotes it does not"
    )
    bad: ClassVar[str] = 'path: "C:\\data"'
    good: ClassVar[str] = "path: 'C:\\data'"

    @property
    def message(self) -> str:
        return "a backslash in double quotes must spell a character, such as `\\n` or `\\u00e9`"

    @property
    def help(self) -> str:
        return "double it, or use single quotes"


class AfterTheValue(Problem):
    """Something behind a value that is already complete."""

    code: ClassVar[str] = "R146"
    bad: ClassVar[str] = 'name: "a" b'
    good: ClassVar[str] = 'name: "a b"'

    @property
    def message(self) -> str:
        return "the value before this is complete; nothing may follow it"

    @property
    def help(self) -> str:
        return "put quotes around the whole value, or brackets around a list"


class ItemBehindKey(Problem):
    """A list item on the line of its key."""

    code: ClassVar[str] = "R147"
    bad: ClassVar[str] = "architecture: - Dense: 10"
    good: ClassVar[str] = "architecture:\n  - Dense: 10"

    @property
    def message(self) -> str:
        return "a list item cannot stand on the line of its key"

    @property
    def help(self) -> str:
        return "put it on the next line, indented; a value that starts with `- ` needs quotes"


class InvalidYaml(Problem):
    """Any other text that is not YAML."""

    code: ClassVar[str] = "R148"

    reason: str

    @property
    def message(self) -> str:
        return f"this is not YAML: {clipped(self.reason, 200)}"


class CommentTooNear(Problem):
    """A comment that touches what stands before it."""

    code: ClassVar[str] = "R149"
    why: ClassVar[str] = "without a blank before it `#` is a character like any other"
    bad: ClassVar[str] = 'name: "a"# the first'
    good: ClassVar[str] = 'name: "a" # the first'

    @property
    def message(self) -> str:
        return "a comment needs a space before its `#`"
