"""Nodes from events, counted as they come: no text may make more of itself than it shows."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from types import MappingProxyType, NoneType

from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span
from recipe.diagnostics.text import ControlCharacter, TooDeep, TooManyNodes, TooManyProblems
from recipe.diagnostics.yaml_forms import (
    AliasExpansion,
    ComplexKey,
    CyclicAlias,
    DuplicateKey,
    MergeKey,
    MissingSpace,
    NonStringKey,
    NumberOutOfRange,
    TagWritten,
    UnknownAlias,
)
from recipe.language.events import Event, Kind, Place
from recipe.language.nodes import ListNode, MappingNode, Node, Pair, Scalar, ScalarNode
from recipe.language.scalars import resolve

MAX_NODES = 20_000
MAX_CHARACTERS = 256 * 1024
MAX_DEPTH = 64
MAX_PROBLEMS = 100
SQUEEZED = re.compile(r"[A-Za-z_][\w.]*:(?!//)\S.*")
"""A key and its value without a space between them."""

_REFUSED_ESCAPE = re.compile("[\x00\ud800-\udfff]")
_DECIMAL_COMMA = re.compile(r"(?<![\w.])([-+]?\d+),\Z")
_PROPERTIES = re.compile(r"(?:[&!]\S*\s+)+")
_TAG = re.compile(r"(?P<before>&\S+\s+)?(?P<tag>!\S*)")
_START = Place(0, 0)
_MOST_SUGGESTED = 100  # anchors that are compared with an unknown alias
_KINDS: Mapping[type[Scalar], str] = MappingProxyType(
    {bool: "the boolean", int: "the integer", float: "the number", NoneType: "null"}
)


class RefusedText(Exception):  # noqa: N818
    """What was read so far is of no use; carries why."""

    def __init__(self, problem: Problem):
        self.problem = problem
        super().__init__(problem.message)


@dataclass(frozen=True, slots=True)
class _Anchored:
    """A node marked with `&`: its size when all aliases are written out, and the levels below it."""

    node: Node
    num_nodes: int
    num_characters: int
    height: int


@dataclass(slots=True)
class Tree:
    """Builds the nodes of one text.

    Args:
        source: name of the text.
        text: the whole text.
        events: of its one document.
        problems: where problems go that do not end the reading.
    """

    source: str
    text: str
    events: Iterator[Event]
    problems: list[Problem]
    _anchors: dict[str, _Anchored | Span] = field(default_factory=dict)  # a span while it is being built
    _num_nodes: int = 0
    _num_characters: int = 0
    _num_told: int = 0
    _has_holes: bool = False
    _end: Place = _START  # of what was built last

    def root(self) -> Node | None:
        """The top node; None when a Problem left a hole in it, so that nothing more can be said.

        Raises:
            RefusedText: a limit was passed.
        """
        node, _ = self._node(next(self.events), 0)
        for _ in self.events:  # lets the scanner see what follows the document
            pass
        return None if self._has_holes else node

    def _node(self, event: Event, depth: int) -> tuple[Node, int]:
        """The node that an event begins, and how many levels it has below itself."""
        if event.kind is Kind.ALIAS:
            return self._repeated(event, depth)
        start = self._start(event)
        if event.has_tag:
            self._tell_tag(event)
        if not event.anchor:
            return self._content(event, start, depth)
        num_nodes, num_characters = self._num_nodes, self._num_characters
        self._anchors[event.anchor] = event.start.to(event.start, self.source)
        node, height = self._content(event, start, depth)
        self._anchors[event.anchor] = _Anchored(
            node, self._num_nodes - num_nodes, self._num_characters - num_characters, height
        )
        return node, height

    def _content(self, event: Event, start: Place, depth: int) -> tuple[Node, int]:
        self._num_nodes += 1
        self._num_characters += len(event.text)
        if self._num_nodes > MAX_NODES:
            raise RefusedText(TooManyNodes(start.to(start, self.source), MAX_NODES))
        if event.kind is Kind.SCALAR:
            return self._scalar(event, start), 0
        if depth >= MAX_DEPTH:
            raise RefusedText(TooDeep(start.to(start, self.source), MAX_DEPTH))
        if event.kind is Kind.LIST:
            return self._list(start, depth + 1)
        return self._mapping(event, start, depth + 1)

    def _tell(self, problem: Problem) -> None:
        if self._num_told == MAX_PROBLEMS:
            raise RefusedText(TooManyProblems(problem.span, MAX_PROBLEMS))
        self._num_told += 1
        self.problems.append(problem)

    def _tell_hole(self, problem: Problem) -> None:
        self._tell(problem)
        self._has_holes = True

    def _start(self, event: Event) -> Place:
        """Where a node's own text begins, after its anchor and tag."""
        if not event.anchor and not event.has_tag:
            return event.start
        found = _PROPERTIES.match(self.text, event.start.offset)
        if found is None or found.end() > event.end.offset:
            return event.start
        return event.start.after(found[0])

    def _tell_tag(self, event: Event) -> None:
        found = _TAG.match(self.text, event.start.offset)
        before, tag = (found["before"] or "", found["tag"]) if found else ("", "!")
        place = event.start.after(before)
        self._tell(TagWritten(place.to(place.after(tag), self.source), tag))

    def _repeated(self, event: Event, depth: int) -> tuple[Node, int]:
        """The node that an alias stands for, counted as if it were written out."""
        span = event.start.to(event.end, self.source)
        self._end = event.end
        anchored = self._anchors.get(event.text)
        if not isinstance(anchored, _Anchored):
            known = tuple(islice(self._anchors, _MOST_SUGGESTED))
            missing = UnknownAlias(span, event.text, known)
            self._tell_hole(missing if anchored is None else CyclicAlias(span, event.text, anchored))
            return ScalarNode("", span, quoted=True), 0
        if depth + anchored.height > MAX_DEPTH:
            raise RefusedText(TooDeep(span, MAX_DEPTH))
        self._num_nodes += anchored.num_nodes
        self._num_characters += anchored.num_characters
        if self._num_nodes > MAX_NODES or self._num_characters > MAX_CHARACTERS:
            raise RefusedText(AliasExpansion(span, event.text, MAX_NODES, MAX_CHARACTERS))
        return anchored.node, anchored.height

    def _scalar(self, event: Event, start: Place) -> ScalarNode:
        self._end = event.end
        if event.style in {"|", ">"}:
            self._end = start.after(self.text[start.offset : event.end.offset].rstrip())
        span = start.to(self._end, self.source)
        if event.style:
            text = _without_surrogate_pairs(event.text)
            if found := _REFUSED_ESCAPE.search(text):
                self._tell_hole(ControlCharacter(span, ord(found[0])))
            return ScalarNode(text, span, text, quoted=True)
        try:
            return ScalarNode(resolve(event.text), span, event.text)
        except OverflowError:
            self._tell_hole(NumberOutOfRange(span, event.text))
            return ScalarNode(event.text, span, event.text)

    def _list(self, start: Place, depth: int) -> tuple[ListNode, int]:
        items, height = [], 0
        while (event := next(self.events)).kind is not Kind.END:
            item, below = self._node(event, depth)
            items.append(item)
            height = max(height, below)
        return ListNode(tuple(items), self._closed(start, event)), height + 1

    def _mapping(self, opened: Event, start: Place, depth: int) -> tuple[MappingNode, int]:
        pairs: dict[str, Pair] = {}
        height = 0
        while (event := next(self.events)).kind is not Kind.END:
            key, span = self._key(event, depth)
            value, below = self._node(next(self.events), depth)
            height = max(height, below)
            if key is None:
                continue
            if opened.in_brackets and _is_nothing(value) and SQUEEZED.fullmatch(key):
                self._tell_hole(MissingSpace(span, key))
            if key in pairs:
                self._tell(DuplicateKey(span, key, pairs[key].key_span))
            else:
                pairs[key] = Pair(key, span, value)
        return MappingNode(tuple(pairs.values()), self._closed(start, event)), height + 1

    def _closed(self, start: Place, end: Event) -> Span:
        """The span of a list or mapping; without brackets it ends where its last node does."""
        if end.end.offset > end.start.offset:
            self._end = end.end
        return start.to(self._end, self.source)

    def _key(self, event: Event, depth: int) -> tuple[str | None, Span]:
        """A key and its place; None after a Problem."""
        node, _ = self._node(event, depth)
        span = event.start.to(event.end, self.source) if event.kind is Kind.ALIAS else node.span
        if not isinstance(node, ScalarNode):
            self._tell_hole(ComplexKey(span))
        elif node.text == "<<" and not node.quoted:
            self._tell_hole(MergeKey(span))
        elif isinstance(node.value, str):
            return node.value, span
        else:
            kind = "nothing" if _is_nothing(node) else _KINDS[type(node.value)]
            before = _DECIMAL_COMMA.search(self.text, max(0, event.start.offset - 20), event.start.offset)
            self._tell_hole(NonStringKey(span, node.text, kind, before[1] if before else ""))
        return None, span


def _without_surrogate_pairs(text: str) -> str:
    """JSON writes a character beyond U+FFFF as two escapes, which the scanner takes for two characters."""
    if not _REFUSED_ESCAPE.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def _is_nothing(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.value is None and not node.text
