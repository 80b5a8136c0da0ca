"""`$name` and `"${...}"`: arithmetic over vars, the index of a repeat, and facts of the data.

An expression is parsed once and evaluated by walking its tree; nothing is ever executed.
"""

import ast
import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from recipe.diagnostics.expressions import (
    BadExpression,
    ExpressionTooLarge,
    LoneDollar,
    NotInExpressions,
    UnclosedExpression,
    UnknownFact,
)
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span
from recipe.language.grammar import FACTS, problems_in, variables_in
from recipe.language.nodes import Scalar

MAX_LENGTH = 1_000
MAX_LEVELS = 64

_DOLLAR = re.compile(r"\$(?:(?P<escaped>\$)|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<open>\{))?")
_INSIDE = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[{}#]""", re.DOTALL)

Plain = Scalar | tuple["Plain", ...]
"""A value that an expression can have: a scalar or a list."""


class Invalid(Enum):
    """What stands for a value whose Problem was told."""

    INVALID = "invalid"


INVALID: Final = Invalid.INVALID


@dataclass(frozen=True, slots=True)
class Expression:
    """A parsed expression.

    Args:
        text: as written inside the braces, or the plain name; of a text with expressions inside, the whole.
        span: where it stands.
        tree: its checked syntax tree, placed: lines and column offsets are those of the source, from 1.
            A text with expressions inside is an `ast.JoinedStr`.
        bound: variables whose values travel with it, see `recipe.language.variables.bind`.
    """

    text: str
    span: Span
    tree: ast.expr
    bound: tuple[tuple[str, Plain], ...] = ()


def parse(text: str, span: Span, problems: list[Problem]) -> Expression | Invalid | None:
    """The expression in a text.

    Args:
        text: the value of a string scalar.
        span: of the scalar, with its quotes.
        problems: collects R150 to R157.

    Returns:
        An expression that keeps its type when the text is exactly `$name` or `${...}`; one that yields a
        string when there is other text around (`$$` is a dollar sign); None when there is no `$` in the text.

    >>> parse("${width * 2}", Span("spec", 1, 1, 1, 13), []).text
    'width * 2'
    """
    if "$" not in text:
        return None
    try:
        if len(text) > MAX_LENGTH:
            raise _RefusedExpression(ExpressionTooLarge(span, "characters", MAX_LENGTH))
        parts = tuple(_parts(_Layout(text, span)))
    except _RefusedExpression as refused:
        problems.append(refused.problem)
        return INVALID
    if len(parts) == 1 and isinstance(parts[0], Expression):
        return Expression(parts[0].text, span, parts[0].tree)
    return Expression(text, span, _placed(ast.JoinedStr([_joined(part, span) for part in parts]), span))


def facts_of(expression: Expression) -> tuple[str, ...]:
    """The facts that an expression hangs on, such as `data.classes`, each once."""
    if "data" not in expression.text:
        return ()
    nodes = (node for node in ast.walk(expression.tree) if isinstance(node, ast.Attribute))
    return tuple(dict.fromkeys(f"data.{node.attr}" for node in nodes))


def names_of(expression: Expression) -> tuple[str, ...]:
    """The variables that an expression uses and does not bring with it, each once."""
    bound = dict(expression.bound)
    return tuple(dict.fromkeys(node.id for node in variables_in(expression.tree) if node.id not in bound))


class _RefusedExpression(Exception):  # noqa: N818  # carries a Problem, and is none
    def __init__(self, problem: Problem):
        self.problem = problem
        super().__init__(problem.message)


@dataclass(frozen=True, slots=True)
class _Layout:
    """A text and where each of its characters stands, as far as quotes and folding let us know."""

    text: str
    span: Span

    @property
    def first(self) -> int | None:
        """The column of the first character; None where the text is not written as it reads."""
        span = self.span
        surplus = span.end_column - span.column - len(self.text)
        return span.column + surplus // 2 if span.line == span.end_line and surplus in {0, 2} else None

    def between(self, start: int, end: int) -> Span:
        """The span of `text[start:end]`; the whole where the text is not written as it reads."""
        span, first = self.span, self.first
        if first is None:
            return span
        return Span(span.source, span.line, first + start, span.line, first + max(end, start + 1))


def _parts(layout: _Layout) -> Iterator[str | Expression]:
    """Literal text and expressions, in order; literal text is never empty."""
    text, position, literal = layout.text, 0, ""
    while found := _DOLLAR.search(text, position):
        literal += text[position : found.start()]
        position = found.end()
        if found["escaped"]:
            literal += "$"
            continue
        if literal:
            yield literal
            literal = ""
        if found["name"]:
            yield _plain_name(found["name"], layout.between(found.start(), found.end()))
        elif found["open"]:
            end = _closing(layout, found.start())
            yield _parsed(layout, position, end)
            position = end + 1
        else:
            raise _RefusedExpression(LoneDollar(layout.between(found.start(), found.end())))
    literal += text[position:]
    if literal:
        yield literal


def _closing(layout: _Layout, start: int) -> int:
    """Where the `}` stands that closes a `${`; braces inside quotes do not count."""
    depth = 0
    for found in _INSIDE.finditer(layout.text, start + 1):
        if found[0] == "#":
            raise _RefusedExpression(NotInExpressions(layout.between(found.start(), found.end()), "comments"))
        depth += {"{": 1, "}": -1}.get(found[0], 0)
        if depth == 0:
            return found.start()
    raise _RefusedExpression(UnclosedExpression(layout.between(start, start + 2)))


def _plain_name(name: str, span: Span) -> Expression:
    if name == "data":
        raise _RefusedExpression(UnknownFact(span, "", FACTS))
    return Expression(name, span, _placed(ast.Name(name, ast.Load()), span))


def _parsed(layout: _Layout, start: int, end: int) -> Expression:
    """The checked expression in `text[start:end]`."""
    text, span = layout.text[start:end], layout.between(start, end)
    on_one_line = re.sub(r"\s", " ", text)  # as many characters as before, so that columns stay
    code = on_one_line.strip()
    start += len(on_one_line) - len(on_one_line.lstrip())
    try:
        with warnings.catch_warnings(action="ignore"):  # Python's advice on odd literals
            tree = ast.parse(code, mode="eval").body
    except SyntaxError as error:
        offset = start + min((error.offset or len(code)) - 1, len(code) - 1)  # 0 is the end
        at = layout.between(offset, offset + 1) if code else span
        raise _RefusedExpression(BadExpression(at, text, error.msg)) from None
    except (ValueError, MemoryError, RecursionError):
        raise _RefusedExpression(ExpressionTooLarge(span, "levels", MAX_LEVELS)) from None
    rows = tuple(_rows(tree))
    if len(rows) > MAX_LEVELS:
        raise _RefusedExpression(ExpressionTooLarge(span, "levels", MAX_LEVELS))
    nodes = [node for row in rows for node in row]
    _place_all(nodes, code, start, layout)
    problem = next(problems_in(nodes, span.source), None)
    if problem is not None:
        raise _RefusedExpression(problem)
    return Expression(text.strip(), span, tree)


def _rows(tree: ast.expr) -> Iterator[list[ast.AST]]:
    """The nodes of a tree level by level, so that no depth can hurt."""
    row = list[ast.AST]((tree,))
    while row:
        yield row
        row = [child for node in row for child in ast.iter_child_nodes(node)]


def _place_all(nodes: Sequence[ast.AST], code: str, start: int, layout: _Layout) -> None:
    """Turns Python's byte offsets inside the code into lines and columns of the source."""
    encoded = None if code.isascii() else code.encode("utf-8", "surrogatepass")
    column, line = layout.first, layout.span.line
    for node in nodes:
        if not isinstance(node, ast.expr):
            continue
        first, last = node.col_offset, node.end_col_offset or node.col_offset
        if encoded is not None:
            first, last = (len(encoded[:offset].decode(errors="ignore")) for offset in (first, last))
        if column is None:
            _placed(node, layout.span)
            continue
        node.lineno = node.end_lineno = line
        node.col_offset = column + start + first
        node.end_col_offset = column + start + max(last, first + 1)


def _placed(node: ast.expr, span: Span) -> ast.expr:
    node.lineno, node.end_lineno = span.line, span.end_line
    node.col_offset, node.end_col_offset = span.column, span.end_column
    return node


def _joined(part: str | Expression, span: Span) -> ast.expr:
    if isinstance(part, str):
        return _placed(ast.Constant(part), span)
    return _placed(ast.FormattedValue(part.tree, -1, None), part.span)
