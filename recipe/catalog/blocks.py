"""Blocks: reusable pieces of architecture, of the spec and shipped, before they are used."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from recipe.catalog import lookup
from recipe.catalog.constraints import Fields, Layers, MappingOf
from recipe.catalog.fitting import is_nothing, refusal
from recipe.catalog.places import Place
from recipe.catalog.sections import BLOCK
from recipe.catalog.values import as_value, names_in, no_variable
from recipe.diagnostics import architectures
from recipe.diagnostics.conflicts import NameTaken
from recipe.diagnostics.names import UnknownKey, UnknownName
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span
from recipe.diagnostics.suggestions import meant
from recipe.diagnostics.templates import UnusedVariable
from recipe.diagnostics.values import Missing, NothingWritten
from recipe.language.nodes import ListNode, MappingNode, Node, Pair, ScalarNode
from recipe.language.objects import is_word
from recipe.language.reader import read_file

SHIPPED = Path(__file__).parent / "blocks"
_QUOTED = re.compile(r"`(\w+)`")
BLOCKS = MappingOf(Fields(BLOCK), "block")


@dataclass(frozen=True, slots=True)
class Block:
    """The definition of a block.

    Args:
        name: as it is used.
        variables: what a use may set, by name; `required` where it must.
        layers: the node of its layers.
        span: of its name.
        inputs: names of its inputs, in order; `input` when there is one without a name.
        outputs: names of its outputs, empty for the last layer.
        is_shipped: whether it came with recipe; then it does not see the variables of a spec.
        help: one line.
    """

    name: str
    variables: Mapping[str, Node]
    layers: Node
    span: Span
    inputs: tuple[str, ...] = ("input",)
    outputs: tuple[Pair, ...] = ()
    is_shipped: bool = False
    help: str = ""


def _words_in(node: Node) -> Iterator[str]:
    """Every word that could name a block."""
    if isinstance(node, MappingNode):
        for pair in node.pairs:
            yield pair.key
            yield from _words_in(pair.value)
    elif isinstance(node, ListNode):
        for item in node.items:
            yield from _words_in(item)
    elif isinstance(node.value, str):
        yield node.value


@dataclass(slots=True)
class Blocks:
    """The blocks that an architecture may use.

    Args:
        written: those of the spec, by name.
        refused: names of the spec's blocks whose definition is wrong; their uses are not told again.
        texts: of the shipped blocks that were used, by source.
    """

    written: Mapping[str, Block] = field(default_factory=dict)
    refused: frozenset[str] = frozenset()
    texts: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, written: Pair | None, problems: list[Problem]) -> "Blocks":
        """The blocks of a spec's section `blocks`; what is wrong in it is told."""
        if written is None:
            return cls()
        place = Place("blocks", written.key_span)
        if not isinstance(written.value, MappingNode):
            if is_nothing(written.value):
                expected = BLOCKS.describe()
                problems.append(NothingWritten(written.key_span, "blocks", expected))
            else:
                problems.append(refusal(written.value, as_value(written.value), BLOCKS, place))
            return cls()
        named = [pair for pair in written.value.pairs if _has_block_name(pair, problems)]
        found = (_block(pair, place, problems) for pair in named)
        right = {block.name: block for block in found if block is not None}
        wrong = (pair.key for pair in written.value.pairs if pair.key not in right)
        return cls(right, frozenset(name for name in wrong if not lookup.families_of(name)))

    def find(self, name: str) -> Block | None:
        """The block of a name, or None; the spec's own come before those that ship."""
        block = self.written.get(name) or shipped_block(name)
        if block is not None and block.is_shipped:
            self.texts |= _shipped_texts(name)
        return block

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all blocks."""
        return (*self.written, *(name for name in shipped_names() if name not in self.written))

    def tell_unused(self, uses: Sequence[Pair | None], sources: set[str], problems: list[Problem]) -> None:
        """Tell each block, of those that some texts wrote, that no layer names.

        Args:
            uses: the architecture of the spec, and others in which a use counts too.
            sources: the texts whose blocks must be used; a template may offer more than a spec takes.
            problems: where problems go; a block that an earlier one suggests is not told again.
        """
        bodies = [block.layers for block in self.written.values()]
        named = {name for body in bodies for name in _words_in(body)}
        named |= {name for pair in uses if pair for name in _words_in(pair.value)}
        unknown = (problem for problem in problems if isinstance(problem, UnknownName))
        named |= {name for problem in unknown for name in _QUOTED.findall(problem.label)}
        for name, block in self.written.items():
            if name not in named and block.span.source in sources:
                problems.append(architectures.UnusedBlock(block.span, name))


def _has_block_name(pair: Pair, problems: list[Problem]) -> bool:
    is_taken = lookup.find("layer_word", pair.key) is not None
    if is_taken or not is_word(pair.key):
        problems.append(architectures.BlockNameTaken(pair.key_span, pair.key, is_taken))
        return False
    return True


def _block(pair: Pair, place: Place, problems: list[Problem]) -> Block | None:
    """One definition, without its layers being looked at: these depend on each use."""
    below = place.below(pair.key, pair.key_span)
    if not isinstance(pair.value, MappingNode):
        problems.append(refusal(pair.value, as_value(pair.value), Fields(BLOCK), below))
        return None
    told = len(problems)
    parts = {}
    for part in pair.value.pairs:
        parameter = BLOCK.parameter(part.key)
        path = f"{below.path}.{part.key}"
        if parameter is None:
            problems.append(UnknownKey(part.key_span, below.path, part.key, BLOCK.known))
        elif is_nothing(part.value):
            expected = parameter.holds.describe()
            problems.append(NothingWritten(part.key_span, path, expected))
        else:
            parts[part.key] = part
    if "layers" not in parts:
        if all(meant(part.key, BLOCK.known) != "layers" for part in pair.value.pairs):
            needed = (Layers().describe(),)
            problems.append(Missing(pair.key_span, below.path, ("layers",), needed))
        return None
    block = Block(
        pair.key,
        _variables(parts.get("vars"), below, problems),
        parts["layers"].value,
        pair.key_span,
        tuple(one.key for one in _names(parts.get("inputs"), below, problems)) or ("input",),
        tuple(_names(parts.get("outputs"), below, problems)),
    )
    if len(problems) > told:
        return None
    _tell_unused_variables(block, parts.get("vars"), problems)
    _tell_unused_inputs(block, parts.get("inputs"), problems)
    return block


def _variables(written: Pair | None, place: Place, problems: list[Problem]) -> Mapping[str, Node]:
    if written is None:
        return {}
    below = place.below("vars", written.key_span)
    if isinstance(written.value, MappingNode):
        problems += [found for pair in written.value.pairs if (found := no_variable(pair, below.path))]
        return {pair.key: pair.value for pair in written.value.pairs}
    holds = BLOCK.parameter("vars").holds  # type: ignore[union-attr]
    problems.append(refusal(written.value, as_value(written.value), holds, below))
    return {}


def _names(written: Pair | None, place: Place, problems: list[Problem]) -> Iterator[Pair]:
    """The names of inputs or outputs, each as a pair with its place."""
    if written is None:
        return
    value, seen = written.value, dict[str, Span]()
    below = place.below(written.key, written.key_span)
    for node in value.items if isinstance(value, ListNode) and value.items else (value,):
        if not (isinstance(node, ScalarNode) and isinstance(node.value, str) and is_word(node.value)):
            holds = BLOCK.parameter(written.key).holds  # type: ignore[union-attr]
            problems.append(refusal(node, as_value(node), holds, below))
        elif node.value in seen:
            problems.append(NameTaken(node.span, node.value, seen[node.value]))
        else:
            seen[node.value] = node.span
            yield Pair(node.value, node.span, node)


def _tell_unused_variables(block: Block, written: Pair | None, problems: list[Problem]) -> None:
    if written is None or not isinstance(written.value, MappingNode):
        return
    used = names_in(block.layers).union(*(names_in(node) for node in block.variables.values()))
    for pair in written.value.pairs:
        if pair.key not in used:
            others = tuple(name for name in block.variables if name != pair.key)
            problems.append(UnusedVariable(pair.key_span, pair.key, others))


def _tell_unused_inputs(block: Block, written: Pair | None, problems: list[Problem]) -> None:
    """Tell inputs that no layer reads; the first is read by the first layer."""
    named = set(_words_in(block.layers))
    for pair in tuple(_names(written, Place("", block.span), []))[1:]:
        if pair.key not in named:
            problems.append(architectures.UnusedInput(pair.key_span, pair.key))


@cache
def shipped_names() -> tuple[str, ...]:
    """The names of the blocks that ship with recipe."""
    return tuple(sorted(path.stem for path in SHIPPED.glob("*.yaml")))


@cache
def shipped_block(name: str) -> Block | None:
    """The block of a name that ships with recipe, or None.

    Raises:
        ValueError: when its file has a mistake, which no spec can mend.
    """
    if name not in shipped_names():
        return None
    problems: list[Problem] = []
    path = SHIPPED / f"{name}.yaml"
    document = read_file(path, str(path), problems)
    if document is not None:
        span = Span(document.source, 1, 1, 1, 1)
        block = _block(Pair(name, span, document.root), Place("", span), problems)
        if block is not None and not problems:
            return replace(block, is_shipped=True, help=_first_line(document.text))
    raise ValueError(f"the shipped block `{name}` cannot be read: {problems}")


def _first_line(text: str) -> str:
    return text.splitlines()[0].removeprefix("# ").rstrip(".")


@cache
def _shipped_texts(name: str) -> Mapping[str, str]:
    path = SHIPPED / f"{name}.yaml"
    return {str(path): path.read_text(encoding="utf-8")}
