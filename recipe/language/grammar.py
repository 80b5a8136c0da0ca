"""What an expression may be made of: the nodes, functions and facts that its syntax tree may hold."""

import ast
import keyword
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType

from recipe.diagnostics.expressions import (
    NotInExpressions,
    UnknownFact,
    UnknownFunction,
    ValueTooLarge,
    WrongArgumentCount,
)
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span
from recipe.language.nodes import Scalar
from recipe.language.scalars import LARGEST_INTEGER

FACTS = ("classes", "features", "length", "vocabulary", "examples")
"""What may stand behind `data.`."""

LITERALS: Mapping[str, Scalar] = MappingProxyType({"true": True, "false": False, "null": None})
"""YAML's spellings; Python's `True`, `False` and `None` are literals anyway."""

FUNCTIONS: Mapping[str, tuple[int, int | None, str]] = MappingProxyType(
    {
        # at least so many arguments, at most so many, in words
        "min": (1, None, "a list, or two or more numbers"),
        "max": (1, None, "a list, or two or more numbers"),
        "round": (1, 2, "a number, and how many digits to keep"),
        "int": (1, 1, "one number"),
        "len": (1, 1, "one list or text"),
        "sqrt": (1, 1, "one number"),
        "error": (1, 1, "one text that says what is wrong"),
    }
)

At = Callable[[ast.expr], Span]
"""Where a node of a tree stands."""

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ADMITTED = (
    *(ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.Subscript, ast.List, ast.Constant),
    *(ast.Name, ast.Attribute, ast.Call, ast.Load),
    *(ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow),
    *(ast.UAdd, ast.USub, ast.Not, ast.And, ast.Or),
    *(ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE),
)
_IN_WORDS: Mapping[type[ast.AST], str] = MappingProxyType(
    {
        ast.Slice: "slices",
        ast.Lambda: "lambda",
        ast.NamedExpr: "assignments",
        ast.Starred: "stars",
        ast.JoinedStr: "f-strings",
        ast.Tuple: "tuples; a list is `[a, b]`",
        ast.Dict: "mappings",
        ast.Set: "sets",
        ast.Is: "`is`; compare with `==`",
        ast.IsNot: "`is not`; compare with `!=`",
        ast.BitXor: "`^`; a power is `**`",
        **dict.fromkeys((ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp), "comprehensions"),
        **dict.fromkeys((ast.In, ast.NotIn), "`in`"),
        **dict.fromkeys((ast.BitAnd, ast.BitOr, ast.Invert, ast.LShift, ast.RShift), "operations on bits"),
    }
)


def can_name_a_variable(name: str) -> bool:
    """Whether an expression could spell a variable of this name."""
    return _WORD.fullmatch(name) is not None and not is_taken(name)


def is_taken(name: str) -> bool:
    """Whether a name means something else in expressions."""
    return keyword.iskeyword(name) or name in LITERALS or name == "data"


def variables_in(tree: ast.expr) -> Iterator[ast.Name]:
    """The nodes of a checked tree that name a variable."""
    nodes = tuple(ast.walk(tree))
    others = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
    others |= {id(node.value) for node in nodes if isinstance(node, ast.Attribute)}
    for node in nodes:
        if isinstance(node, ast.Name) and node.id not in LITERALS and id(node) not in others:
            yield node


def problems_in(nodes: Sequence[ast.AST], at: At) -> Iterator[Problem]:
    """What a tree has that an expression must not have, outermost first.

    Args:
        nodes: of a tree; parents before children.
        at: where a node stands.
    """
    owners = {id(node.value) for node in nodes if isinstance(node, ast.Attribute)}
    for node in nodes:
        if isinstance(node, ast.Name) and node.id == "data" and id(node) not in owners:
            yield UnknownFact(at(node), "", FACTS)
        elif isinstance(node, ast.Constant):
            yield from _constant_problems(node, at)
        elif isinstance(node, ast.Call):
            yield from _call_problems(node, at)
        elif isinstance(node, ast.Attribute):
            yield from _fact_problems(node, at)
        if isinstance(node, ast.expr):
            for part in (node, *_operators(node)):
                if not isinstance(part, _ADMITTED):
                    what = _IN_WORDS.get(type(part), f"`{type(part).__name__}`")
                    yield NotInExpressions(at(node), what)


def _operators(node: ast.expr) -> Sequence[ast.AST]:
    """The operators of a node, which have no place of their own."""
    if isinstance(node, ast.BinOp | ast.UnaryOp):
        return (node.op,)
    return node.ops if isinstance(node, ast.Compare) else ()


def _call_problems(node: ast.Call, at: At) -> Iterator[Problem]:
    here = at(node)
    if not isinstance(node.func, ast.Name):
        yield NotInExpressions(here, "calls of anything but its few functions")
    elif node.func.id not in FUNCTIONS:
        yield UnknownFunction(at(node.func), node.func.id, tuple(FUNCTIONS))
    elif node.keywords:
        yield NotInExpressions(here, "arguments by name")
    else:
        at_least, at_most, expected = FUNCTIONS[node.func.id]
        if not at_least <= len(node.args) <= (at_most or len(node.args)):
            yield WrongArgumentCount(here, node.func.id, expected, len(node.args))


def _fact_problems(node: ast.Attribute, at: At) -> Iterator[Problem]:
    here = at(node)
    if not isinstance(node.value, ast.Name) or node.value.id != "data":
        yield NotInExpressions(here, f"attributes such as `.{node.attr}`")
    elif node.attr not in FACTS:
        yield UnknownFact(here, node.attr, FACTS)


def _constant_problems(node: ast.Constant, at: At) -> Iterator[Problem]:
    value = node.value
    if isinstance(value, float) and math.isinf(value):
        yield ValueTooLarge(at(node), "numbers go to 1.8e308")
    elif isinstance(value, int) and abs(value) > LARGEST_INTEGER:
        yield ValueTooLarge(at(node), "integers go to 2^64")
    elif value is not None and not isinstance(value, bool | int | float | str):
        yield NotInExpressions(at(node), "bytes, complex numbers and `...`")
