"""Objects in a spec: `Name`, `Name: value` or `Name: {argument: value}`, and what stands beside them."""

import re
from collections.abc import Set
from dataclasses import dataclass
from functools import lru_cache

from recipe.diagnostics.notation import BadName, NotAnObject, OnlySiblings, StrayKey, TwoObjects
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span
from recipe.diagnostics.yaml_forms import MissingSpace
from recipe.language.nodes import ListNode, MappingNode, Node, Pair, ScalarNode
from recipe.language.scalars import described
from recipe.language.trees import SQUEEZED

_CAMEL_CASE = re.compile(r"(?:[A-Za-z_][A-Za-z0-9_]*\.)*[A-Z][A-Za-z0-9_]*")
_WORD = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class ObjectNode:
    """One object as it was written.

    Args:
        name: CamelCase for a class, small letters for a word of ours or a block.
        name_span: where the name stands.
        argument: what stands after the colon; None for the bare name and when nothing follows.
        siblings: what stands beside it, such as `as` and `from`.
        span: of all of it.
    """

    name: str
    name_span: Span
    argument: Node | None
    siblings: tuple[Pair, ...]
    span: Span


@lru_cache(maxsize=1_000)
def is_camel_case(name: str) -> bool:
    """Whether a name is that of a class, perhaps in a module: `Conv2D`, `L2`, `my_layers.Swish`."""
    return _CAMEL_CASE.fullmatch(name) is not None


def is_word(name: str) -> bool:
    """Whether a name is in small letters: `residual`, `warmup_cosine`."""
    return _WORD.fullmatch(name) is not None


def parse_object(node: Node, siblings: Set[str], problems: list[Problem]) -> ObjectNode | None:
    """The object that a node spells.

    Args:
        node: where an object is wanted.
        siblings: the words that may stand beside an object there.
        problems: collects R122 and R170 to R174.
    """
    if isinstance(node, MappingNode):
        return _from_mapping(node, siblings, problems)
    if isinstance(node, ListNode):
        items = "1 item" if len(node.items) == 1 else f"{len(node.items)} items"
        problems.append(NotAnObject(node.span, f"a list of {items}"))
        return None
    if not isinstance(node.value, str):
        received = "nothing" if node.value is None and not node.text else described(node.value)
        problems.append(NotAnObject(node.span, received))
        return None
    if not _check_name(node.value, node.span, node.quoted, problems):
        return None
    return ObjectNode(node.value, node.span, None, (), node.span)


def _from_mapping(node: MappingNode, siblings: Set[str], problems: list[Problem]) -> ObjectNode | None:
    candidates = [pair for pair in node.pairs if pair.key not in siblings]
    if not candidates:
        empty = NotAnObject(node.span, "an empty mapping")
        problems.append(OnlySiblings(node.pairs[0].key_span, node.pairs[0].key) if node.pairs else empty)
        return None
    classes = [pair for pair in candidates if is_camel_case(pair.key)]
    found = (classes or candidates)[0]
    others = [pair for pair in candidates if pair is not found]
    if others:
        problems.append(_surplus(found, (classes[1:] or others)[0], siblings))
        return None
    if not _check_name(found.key, found.key_span, False, problems):
        return None
    beside = tuple(pair for pair in node.pairs if pair is not found)
    argument = None if _is_nothing(found.value) else found.value
    return ObjectNode(found.key, found.key_span, argument, beside, node.span)


def _surplus(found: Pair, other: Pair, siblings: Set[str]) -> Problem:
    """A second key: another object whose dash is missing, or an argument in the wrong place."""
    if is_camel_case(other.key):
        return TwoObjects(other.key_span, found.key, found.key_span, other.key)
    value = found.value.value if isinstance(found.value, ScalarNode) else None
    name = value if isinstance(value, str) and is_camel_case(value) else ""
    return StrayKey(other.key_span, other.key, found.key, found.key_span, tuple(sorted(siblings)), name)


def _check_name(name: str, span: Span, is_quoted: bool, problems: list[Problem]) -> bool:
    if is_camel_case(name) or is_word(name):
        return True
    is_squeezed = not is_quoted and SQUEEZED.fullmatch(name) is not None
    problems.append(MissingSpace(span, name) if is_squeezed else BadName(span, name))
    return False


def _is_nothing(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.value is None and not node.text
