"""R150 to R169: `$name` and `${...}` that cannot be read or computed."""

from typing import ClassVar

from recipe.diagnostics.problems import Label, Problem
from recipe.diagnostics.spans import Span
from recipe.diagnostics.suggestions import nearest
from recipe.diagnostics.wording import clipped

_GRAMMAR = (
    "names, numbers, texts, lists, arithmetic, comparison, `and or not`, `x if c else y`, `list[i]`, "
    "and `min max round int len sqrt error`"
)
_OF_OTHER_LANGUAGES = (
    ("&&", "write `and` for `&&`"),
    ("||", "write `or` for `||`"),
    ("?", "write `x if condition else y`"),
    ("!", "write `not` for `!`"),
    ("=", "write `==` to compare"),
)


class LoneDollar(Problem):
    """A dollar sign that begins no expression."""

    code: ClassVar[str] = "R150"
    bad: ClassVar[str] = "vars: {price: 5$}"
    good: ClassVar[str] = "vars: {price: 5$$}"

    @property
    def message(self) -> str:
        return "`$` must be followed by a name or by `{`"

    @property
    def help(self) -> str:
        return "write `$$` for a dollar sign"


class UnclosedExpression(Problem):
    """A `${` without its `}`."""

    code: ClassVar[str] = "R151"
    bad: ClassVar[str] = 'vars: {a: "${1 + 1"}'
    good: ClassVar[str] = 'vars: {a: "${1 + 1}"}'

    @property
    def message(self) -> str:
        return "the `${` that opens here is never closed by `}`"


class BadExpression(Problem):
    """An expression that does not follow the grammar."""

    code: ClassVar[str] = "R152"
    bad: ClassVar[str] = 'vars: {a: "${1 +}"}'
    good: ClassVar[str] = 'vars: {a: "${1 + 1}"}'

    text: str
    reason: str

    @property
    def message(self) -> str:
        if not self.text.strip():
            return "nothing stands between `${` and `}`"
        return f"`{clipped(self.text)}` is not an expression: {self.reason}"

    @property
    def help(self) -> str:
        return next((words for symbol, words in _OF_OTHER_LANGUAGES if symbol in self.text), "")


class NotInExpressions(Problem):
    """Python that an expression does not admit."""

    code: ClassVar[str] = "R153"
    why: ClassVar[str] = "a spec is data: an expression computes a value and can do nothing else"
    bad: ClassVar[str] = 'vars: {a: "${(1).real}"}'
    good: ClassVar[str] = 'vars: {a: "${1 + 1}"}'

    what: str

    @property
    def message(self) -> str:
        return f"an expression has no {self.what}"

    @property
    def help(self) -> str:
        return f"it has {_GRAMMAR}"


class ExpressionTooLarge(Problem):
    """An expression that is longer or deeper than any honest one."""

    code: ClassVar[str] = "R154"
    why: ClassVar[str] = "checking a spec must stay quick, whoever wrote it"
    bad: ClassVar[str] = f'vars: {{a: "${{{"-" * 100}1}}"}}'
    good: ClassVar[str] = 'vars: {a: "${-1}"}'

    what: str
    most: int

    @property
    def message(self) -> str:
        return f"an expression and the text around it must have at most {self.most:,} {self.what}"


class UnknownFact(Problem):
    """A fact of the data that there is none of."""

    code: ClassVar[str] = "R155"
    bad: ClassVar[str] = 'architecture: [{Dense: "${data.clases}"}]'
    good: ClassVar[str] = 'architecture: [{Dense: "${data.classes}"}]'

    name: str
    known: tuple[str, ...]

    @property
    def message(self) -> str:
        return f"there is no fact `data.{clipped(self.name)}`" if self.name else "`data` alone is no value"

    @property
    def label(self) -> str:
        meant = nearest(self.name, self.known)
        return f"did you mean `data.{meant}`?" if meant else ""

    @property
    def help(self) -> str:
        return "" if self.label else "facts: " + ", ".join(f"`${{data.{name}}}`" for name in self.known)


class UnknownFunction(Problem):
    """A call of something else than the few functions of expressions."""

    code: ClassVar[str] = "R156"
    why: ClassVar[str] = NotInExpressions.why
    bad: ClassVar[str] = 'vars: {a: "${exp(1)}"}'
    good: ClassVar[str] = 'vars: {a: "${sqrt(4)}"}'

    name: str
    known: tuple[str, ...]

    @property
    def message(self) -> str:
        return f"an expression has no function `{clipped(self.name)}`"

    @property
    def label(self) -> str:
        meant = nearest(self.name, self.known)
        return f"did you mean `{meant}`?" if meant else ""

    @property
    def help(self) -> str:
        return f"functions: {', '.join(self.known)}"


class WrongArgumentCount(Problem):
    """A function with too few or too many arguments."""

    code: ClassVar[str] = "R157"
    bad: ClassVar[str] = 'vars: {a: "${sqrt(1, 2)}"}'
    good: ClassVar[str] = 'vars: {a: "${sqrt(4)}"}'

    function: str
    expected: str
    received: int

    @property
    def message(self) -> str:
        return f"`{self.function}` takes {self.expected}. Received: {self.received}"


class UnknownVariable(Problem):
    """A name that no variable has."""

    code: ClassVar[str] = "R158"
    bad: ClassVar[str] = "vars: {width: 16, double: '${widht * 2}'}"
    good: ClassVar[str] = "vars: {width: 16, double: '${width * 2}'}"

    name: str
    known: tuple[str, ...]

    @property
    def message(self) -> str:
        return f"there is no variable `{clipped(self.name)}`"

    @property
    def suggestion(self) -> str:
        """The variable that was probably meant, or nothing."""
        return nearest(self.name, self.known) or ""

    @property
    def label(self) -> str:
        return f"did you mean `{self.suggestion}`?" if self.suggestion else ""

    @property
    def help(self) -> str:
        if self.label:
            return ""
        return f"known here: {', '.join(self.known[:12])}" if self.known else "variables stand in `vars`"


class BadOperands(Problem):
    """An operation on values that it cannot take."""

    code: ClassVar[str] = "R159"
    why: ClassVar[str] = (
        "true and false are no numbers here, numbers are no conditions, and text is no number"
    )
    bad: ClassVar[str] = "vars: {a: \"${'a' * 'b'}\"}"
    good: ClassVar[str] = "vars: {a: \"${'a' + 'b'}\"}"

    operation: str
    expected: str
    received: tuple[str, ...]

    @property
    def message(self) -> str:
        received = " and ".join(clipped(value) for value in self.received)
        return f"`{self.operation}` takes {self.expected}. Received: {received}"


class DivisionByZero(Problem):
    """A division by zero."""

    code: ClassVar[str] = "R160"
    bad: ClassVar[str] = 'vars: {a: "${1 / 0}"}'
    good: ClassVar[str] = 'vars: {a: "${1 / 2}"}'

    operation: str

    @property
    def message(self) -> str:
        return f"`{self.operation}` divides by zero"


class ValueTooLarge(Problem):
    """A result that is larger than a spec has use for."""

    code: ClassVar[str] = "R161"
    why: ClassVar[str] = ExpressionTooLarge.why
    bad: ClassVar[str] = 'vars: {a: "${9 ** 9 ** 9}"}'
    good: ClassVar[str] = 'vars: {a: "${9 ** 9}"}'

    limit: str

    @property
    def message(self) -> str:
        return f"the value is too large; {self.limit}"


class IndexOutOfRange(Problem):
    """An index past the end of a list."""

    code: ClassVar[str] = "R162"
    bad: ClassVar[str] = "vars: {widths: [16, 32], last: '${widths[2]}'}"
    good: ClassVar[str] = "vars: {widths: [16, 32], last: '${widths[1]}'}"

    index: int
    length: int

    @property
    def message(self) -> str:
        items = "1 item" if self.length == 1 else f"{self.length} items"
        return f"the list has {items}, counted from 0. Received: the index {self.index}"


class AbsentFact(Problem):
    """A fact that this data does not have, such as the vocabulary of images."""

    code: ClassVar[str] = "R163"

    name: str

    @property
    def message(self) -> str:
        return f"this data has no `data.{self.name}`"


class CyclicVariables(Problem):
    """Variables that need each other."""

    code: ClassVar[str] = "R164"
    bad: ClassVar[str] = "vars: {a: $b, b: $a}"
    good: ClassVar[str] = "vars: {a: $b, b: 1}"

    cycle: tuple[str, ...]
    places: tuple[Span, ...]

    @property
    def message(self) -> str:
        names = self.cycle if len(self.cycle) <= 8 else (*self.cycle[:7], "...", self.cycle[-1])
        return f"variables need each other: {' -> '.join(clipped(name) for name in names)}"

    @property
    def further(self) -> tuple[Label, ...]:
        others = zip(self.cycle[1:8], self.places[1:8], strict=False)
        return tuple(Label(place, f"`{clipped(name)}`") for name, place in others)


class VariableName(Problem):
    """A variable whose name an expression could not spell."""

    code: ClassVar[str] = "R165"
    bad: ClassVar[str] = "vars: {batch-size: 1}"
    good: ClassVar[str] = "vars: {batch_size: 1}"

    name: str
    is_taken: bool

    @property
    def message(self) -> str:
        if self.is_taken:
            return f"`{self.name}` has a meaning in expressions and cannot name a variable"
        return f"a variable's name must be letters, digits and `_`. Received: `{clipped(self.name)}`"


class VariableKind(Problem):
    """A mapping as the value of a variable."""

    code: ClassVar[str] = "R166"
    bad: ClassVar[str] = "vars: {stem: {filters: 16}}"
    good: ClassVar[str] = "vars: {stem_filters: 16}"

    name: str

    @property
    def message(self) -> str:
        return f"the variable `{clipped(self.name)}` must be a single value or a list. Received: a mapping"

    @property
    def help(self) -> str:
        return "`blocks` holds reusable layers"


class NotReal(Problem):
    """A root of a negative number."""

    code: ClassVar[str] = "R167"
    bad: ClassVar[str] = 'vars: {a: "${sqrt(-1)}"}'
    good: ClassVar[str] = 'vars: {a: "${sqrt(4)}"}'

    operation: str

    @property
    def message(self) -> str:
        return f"`{self.operation}` of a negative number has no real value"


class RefusedBySpec(Problem):
    """A value that a spec, or what it extends, refuses by `error(...)`."""

    code: ClassVar[str] = "R168"
    bad: ClassVar[str] = "vars: {n: 3, half: \"${n // 2 if n % 2 == 0 else error('`n` must be even')}\"}"
    good: ClassVar[str] = "vars: {n: 4, half: \"${n // 2 if n % 2 == 0 else error('`n` must be even')}\"}"

    text: str

    @property
    def message(self) -> str:
        return clipped(self.text)
