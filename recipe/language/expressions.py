"""`$name` and `"${...}"`: arithmetic over vars, the index of a repeat, and facts of the data.

An expression is parsed once and evaluated by walking its tree; nothing is ever executed.
"""

import ast
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache
from typing import Final, NamedTuple

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

_DOLLAR = re.compile(r"\$(?:(?P<escaped>\$)|(?P<name>[^\W\d]\w*)|(?P<open>\{))?")
_ODD_LITERAL = re.compile(r"\\|[0-9][A-Za-z_]")  # what Python may give advice on: `"\d"`, `1or 2`
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
        tree: its checked syntax tree, an `ast.JoinedStr` for a text with expressions inside; column offsets
            count the characters of the scalar that holds it, from 0. Equal texts share a tree.
        length: of the scalar that holds it, in characters.
        bound: variables whose values travel with it, see `recipe.language.variables.bind`.
        given: where the variable was written that brought its value from outside, see `with_given`.
    """

    text: str
    span: Span
    tree: ast.expr
    length: int
    bound: tuple[tuple[str, Plain], ...] = ()
    given: Span | None = None

    @property
    def origin(self) -> Span:
        """Where its value was written: itself, or the variable that brought it from outside."""
        return self.given.carried_to(self.span) if self.given else self.span

    def blamed(self, node: ast.expr) -> Span:
        """The place to blame for the value of a node of the tree."""
        return self.given.carried_to(self.at(node)) if self.given else self.at(node)

    def at(self, node: ast.expr) -> Span:
        """Where a node of the tree stands."""
        if isinstance(node, ast.JoinedStr):
            return self.span
        return _between(node.col_offset, node.end_col_offset or 0, self.length, self.span)


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
    read = _known(text)
    if read is None:
        try:
            read = _read(text, span)
        except _RefusedExpression as refused:
            problems.append(refused.problem)
            return INVALID
    return Expression(read.text, span, read.tree, len(text))


class _Read(NamedTuple):
    """What an expression says, wherever it stands; see `Expression`."""

    text: str
    tree: ast.expr


@lru_cache(maxsize=1_000)
def _known(text: str) -> _Read | None:
    """The expression in a text; None for one that is refused."""
    try:
        return _read(text, Span("", 1, 1, 1, 1))
    except _RefusedExpression:
        return None


def _read(text: str, span: Span) -> _Read:
    if len(text) > MAX_LENGTH:
        raise _RefusedExpression(ExpressionTooLarge(span, "characters", MAX_LENGTH))
    parts = tuple(_parts(text, _Layout(len(text), span)))
    if len(parts) == 1 and isinstance(parts[0], _Read):
        return parts[0]
    return _Read(text, ast.JoinedStr([_joined(part) for part in parts]))


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


def with_given(expression: Expression, given: Mapping[str, Span]) -> Expression:
    """The expression together with the place of the variable that brings its value from outside.

    Args:
        expression: any.
        given: where the values of variables were written that came from outside of its text. Of several
            that it uses, the one that was carried furthest counts.
    """
    places = [given[name] for name in names_of(expression) if name in given] if given else []
    furthest = max(places, key=lambda place: len(place.through), default=None)
    return replace(expression, given=furthest) if furthest else expression


class _RefusedExpression(Exception):  # noqa: N818  # carries a Problem, and is none
    def __init__(self, problem: Problem):
        self.problem = problem
        super().__init__(problem.message)


def _between(start: int, end: int, length: int, span: Span) -> Span:
    """The span of some characters of a scalar; the whole where quotes or folding keep us from knowing it.

    Args:
        start: the first character, from 0.
        end: the one behind the last.
        length: of the scalar, in characters.
        span: of the scalar, with its quotes.
    """
    surplus = span.end_column - span.column - length
    if span.line != span.end_line or surplus not in {0, 2}:  # not written as it reads
        return span
    first = span.column + surplus // 2
    return Span(span.source, span.line, first + start, span.line, first + max(end, start + 1))


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where the characters of a scalar stand, see `_between`."""

    length: int
    span: Span

    def between(self, start: int, end: int) -> Span:
        """The span of some characters."""
        return _between(start, end, self.length, self.span)

    def at(self, node: ast.expr) -> Span:
        """The span of a node."""
        return self.between(node.col_offset, node.end_col_offset or 0)


def _parts(text: str, layout: _Layout) -> Iterator[str | _Read]:
    """Literal text and expressions, in order; literal text is never empty."""
    position, literal = 0, ""
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
            yield _plain_name(found["name"], found.start(), layout)
        elif found["open"]:
            end = _closing(text, layout, found.start())
            yield _parsed(text[position:end], position, layout)
            position = end + 1
        else:
            raise _RefusedExpression(LoneDollar(layout.between(found.start(), found.end())))
    literal += text[position:]
    if literal:
        yield literal


def _closing(text: str, layout: _Layout, start: int) -> int:
    """Where the `}` stands that closes a `${`; braces inside quotes do not count."""
    depth = 0
    for found in _INSIDE.finditer(text, start + 1):
        if found[0] == "#":
            raise _RefusedExpression(NotInExpressions(layout.between(found.start(), found.end()), "comments"))
        depth += {"{": 1, "}": -1}.get(found[0], 0)
        if depth == 0:
            return found.start()
    raise _RefusedExpression(UnclosedExpression(layout.between(start, start + 2)))


def _plain_name(name: str, start: int, layout: _Layout) -> _Read:
    end = start + 1 + len(name)
    if name == "data":
        raise _RefusedExpression(UnknownFact(layout.between(start, end), "", FACTS))
    return _Read(name, _placed(ast.Name(name, ast.Load()), start, end))


def _parsed(text: str, start: int, layout: _Layout) -> _Read:
    """The checked expression in a text that begins somewhere in its scalar."""
    whole = layout.between(start, start + len(text))
    on_one_line = re.sub(r"\s", " ", text)  # as many characters as before, so that columns stay
    code = on_one_line.strip()
    start += len(on_one_line) - len(on_one_line.lstrip())
    try:
        tree = _syntax_tree(code)
    except SyntaxError as error:
        offset = start + min((error.offset or len(code)) - 1, len(code) - 1)  # 0 is the end
        at = layout.between(offset, offset + 1) if code else whole
        raise _RefusedExpression(BadExpression(at, text, error.msg)) from None
    except (ValueError, MemoryError, RecursionError):
        raise _RefusedExpression(ExpressionTooLarge(whole, "levels", MAX_LEVELS)) from None
    rows = tuple(_rows(tree))
    if len(rows) > MAX_LEVELS:
        raise _RefusedExpression(ExpressionTooLarge(whole, "levels", MAX_LEVELS))
    nodes = [node for row in rows for node in row]
    _place_all(nodes, code, start)
    problem = next(problems_in(nodes, layout.at), None)
    if problem is not None:
        raise _RefusedExpression(problem)
    return _Read(text.strip(), tree)


def _syntax_tree(code: str) -> ast.expr:
    if not _ODD_LITERAL.search(code):
        return ast.parse(code, mode="eval").body
    with warnings.catch_warnings(action="ignore"):  # Python's advice on odd literals
        return ast.parse(code, mode="eval").body


def _rows(tree: ast.expr) -> Iterator[list[ast.AST]]:
    """The nodes of a tree level by level, so that no depth can hurt."""
    row = list[ast.AST]((tree,))
    while row:
        yield row
        row = [child for node in row for child in ast.iter_child_nodes(node)]


def _place_all(nodes: Sequence[ast.AST], code: str, start: int) -> None:
    """Turns Python's byte offsets inside the code into characters of the scalar that it begins in."""
    encoded = None if code.isascii() else code.encode("utf-8", "surrogatepass")
    for node in nodes:
        if not isinstance(node, ast.expr):
            continue
        first, last = node.col_offset, node.end_col_offset or node.col_offset
        if encoded is not None:
            first, last = (len(encoded[:offset].decode(errors="ignore")) for offset in (first, last))
        _placed(node, start + first, start + max(last, first + 1))


def _placed(node: ast.expr, start: int, end: int) -> ast.expr:
    node.col_offset, node.end_col_offset = start, end
    return node


def _joined(part: str | _Read) -> ast.expr:
    if isinstance(part, str):
        return ast.Constant(part)
    tree = part.tree
    return _placed(ast.FormattedValue(tree, -1, None), tree.col_offset, tree.end_col_offset or 0)
