"""R170 to R189: objects and overrides that are not written as the notation wants them."""

import re
from typing import ClassVar

from recipe.diagnostics.problems import Label, Problem
from recipe.diagnostics.spans import Span
from recipe.diagnostics.suggestions import meant
from recipe.diagnostics.wording import clipped


class TwoObjects(Problem):
    """Two objects in one mapping, where one is wanted."""

    code: ClassVar[str] = "R170"
    bad: ClassVar[str] = "architecture:\n  - Flatten:\n    Dense: 10"
    good: ClassVar[str] = "architecture:\n  - Flatten\n  - Dense: 10"

    first: str
    first_span: Span
    second: str

    @property
    def message(self) -> str:
        return f"one object is wanted. Received: `{clipped(self.first)}` and `{clipped(self.second)}`"

    @property
    def further(self) -> tuple[Label, ...]:
        return (Label(self.first_span, "the first object"),)

    @property
    def help(self) -> str:
        return f"in a list, begin a line for each: `- {clipped(self.second)}: ...`"


# Keys by which other formats say of which class an object is.
NAMING = frozenset("class class_name kind name type _target_".split())


class StrayKey(Problem):
    """A key beside an object that cannot stand there, usually an argument."""

    code: ClassVar[str] = "R171"
    bad: ClassVar[str] = "architecture:\n  - Dense:\n    units: 10"
    good: ClassVar[str] = "architecture:\n  - Dense: {units: 10}"

    key: str
    name: str
    name_span: Span
    siblings: tuple[str, ...]
    value: str = ""

    @property
    def message(self) -> str:
        return f"`{clipped(self.key)}` cannot stand beside `{clipped(self.name)}`"

    @property
    def label(self) -> str:
        word = meant(self.key, self.siblings)
        return f"did you mean `{word}`?" if word else ""

    @property
    def further(self) -> tuple[Label, ...]:
        return (Label(self.name_span, "the object"),)

    @property
    def help(self) -> str:
        name, key = clipped(self.name), clipped(self.key)
        if self.name in NAMING and self.value:
            return f"the name is the key, with its arguments inside: write `{clipped(self.value)}: {{...}}`"
        if self.label:
            return ""
        beside = f"; beside it may stand: {', '.join(self.siblings)}" if self.siblings else ""
        return f"write an argument inside, `{name}: {{{key}: ...}}`, or indent it below `{name}:`{beside}"


class NotAnObject(Problem):
    """A value where the name of an object is wanted."""

    code: ClassVar[str] = "R172"
    bad: ClassVar[str] = "architecture:\n  - 10"
    good: ClassVar[str] = "architecture:\n  - Dense: 10"

    received: str

    @property
    def message(self) -> str:
        return f"one object is wanted here: `Name`, or `Name: value`. Received: {clipped(self.received)}"


class OnlySiblings(Problem):
    """Words that stand beside an object, without the object."""

    code: ClassVar[str] = "R173"
    bad: ClassVar[str] = "architecture:\n  - as: flat"
    good: ClassVar[str] = "architecture:\n  - Flatten:\n    as: flat"

    key: str

    @property
    def message(self) -> str:
        return f"`{clipped(self.key)}` stands beside an object, and there is none"

    @property
    def help(self) -> str:
        return f"write `Name:` above `{clipped(self.key)}`, at the same indentation"


_TUPLES = str.maketrans("()", "[]")


def _arguments(called: str) -> str:
    """Arguments between parentheses as a spec writes them.

    >>> _arguments("8, kernel_size=(3, 3)")
    '{...: 8, kernel_size: [3, 3]}'
    """
    called = called.translate(_TUPLES)
    if "=" not in called:
        return called
    parts = re.split(r",(?![^\[]*\])", called)  # no comma of a list
    named = [part.partition("=") if "=" in part else ("...", "", part) for part in parts]
    return f"{{{', '.join(f'{name.strip()}: {value.strip()}' for name, _, value in named)}}}"


class BadName(Problem):
    """A name that is neither CamelCase nor a word of small letters."""

    code: ClassVar[str] = "R174"
    why: ClassVar[str] = "CamelCase names a Keras class, a word in small letters one of ours or a block"
    bad: ClassVar[str] = "architecture:\n  - squeeze-excite"
    good: ClassVar[str] = "architecture:\n  - squeeze_excite"

    name: str

    @property
    def message(self) -> str:
        return f"a name must be CamelCase or words joined by `_`. Received: `{clipped(self.name)}`"

    @property
    def label(self) -> str:
        called = re.fullmatch(r"(\w+)\((.*)\)", self.name)
        if called:
            value = f": {clipped(_arguments(called[2]))}" if called[2] else ""
            return f"write `{called[1]}{value}`"
        if file := re.search(r"\.(csv|npz|parquet)(\.\w+)?$", self.name):
            return f"write `{file[1]}: {clipped(self.name)}`"
        joined = re.sub(r"[-\s]+", "_", self.name.strip())
        return f"did you mean `{joined}`?" if re.fullmatch(r"[a-z]\w*", joined) else ""

    @property
    def help(self) -> str:
        return "an expression stands only after a colon" if "$" in self.name else ""


class OverrideWithoutEquals(Problem):
    """An override that sets nothing."""

    code: ClassVar[str] = "R180"

    text: str

    @property
    def message(self) -> str:
        return f"an override is `path=value`. Received: `{clipped(self.text)}`"

    @property
    def help(self) -> str:
        return "for example `--set training.epochs=5`"


class BadOverridePath(Problem):
    """An override whose path is not names joined by dots."""

    code: ClassVar[str] = "R181"

    part: str

    @property
    def message(self) -> str:
        if not self.part.strip():
            return "a name is missing in the path of an override"
        return f"the path of an override must be names joined by dots. Received: `{clipped(self.part)}`"


class OverrideOfAnItem(Problem):
    """An override that goes into a list."""

    code: ClassVar[str] = "R182"
    why: ClassVar[str] = "the position of an item changes with every edit of the file"

    part: str

    @property
    def message(self) -> str:
        return f"a list cannot be edited from outside. Received: the position `{clipped(self.part)}`"

    @property
    def help(self) -> str:
        return "use a variable in the list and set it: `--set vars.width=32`; or set the whole list"


class OverrideWithoutValue(Problem):
    """An override with nothing after its `=`."""

    code: ClassVar[str] = "R183"

    path: str

    @property
    def message(self) -> str:
        return f"nothing stands after `{clipped(self.path)}=`"

    @property
    def help(self) -> str:
        return "write `off` to remove what was inherited, `null` for Python's None, `''` for an empty text"
