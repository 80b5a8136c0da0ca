"""Classes of the modules that a spec imports: of them nothing is known but what was written."""

from collections.abc import Container, Iterator, Sequence

from recipe.catalog.leaves import Anything, Text
from recipe.catalog.rows import UNSET, Parameter, Row
from recipe.diagnostics.imports import UnusedImport
from recipe.diagnostics.names import UnknownName
from recipe.diagnostics.problems import Problem
from recipe.language.nodes import ListNode, MappingNode, Node, ScalarNode

MODULE = Text(
    "the name of a Python module such as `my_layers`", r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*"
)
# The families whose objects may come from a module; an optimizer must be one that recipe knows.
FAMILIES = (
    "layer",
    "loss",
    "metric",
    "initializer",
    "regularizer",
    "constraint",
    "keras_schedule",
    "callback",
)


class ImportedRow(Row):
    """A class whose arguments nobody knows before it is imported: each may be written, by its name."""

    def parameter(self, name: str) -> Parameter | None:
        """An argument that may be anything."""
        return Parameter(name, Anything(), UNSET)


def module_of(name: str) -> str:
    """The module in a dotted name of a class; empty for a name of Keras or of ours.

    >>> module_of("my_layers.Swish"), module_of("Dense")
    ('my_layers', '')
    """
    return name.rpartition(".")[0]


def imported_row(name: str, families: Sequence[str], modules: Sequence[str]) -> Row | None:
    """The row of a class of an imported module; None for a name of another one.

    Args:
        name: as written, `my_layers.Swish`.
        families: that are wanted.
        modules: that the spec imports.
    """
    family = next((one for one in families if one in FAMILIES), None)
    return ImportedRow(name, family, name) if family and module_of(name) in modules else None


def modules_in(written: Node | None) -> tuple[str, ...]:
    """The names of modules that `imports` has; what is none is told where the section is checked."""
    return tuple(str(node.value) for node in _modules(written))


def tell_unused_imports(
    written: Sequence[MappingNode], sources: Container[str], problems: list[Problem]
) -> None:
    """Tell each module that some texts import and of which no class is named.

    Args:
        written: the whole spec, and others in which a use counts too.
        sources: the texts whose modules must be used; a template may import more than a spec takes.
        problems: where problems go; a module is not told of twice, nor beside a misspelled class of one.
    """
    if any(isinstance(problem, UnknownName) and module_of(problem.name) for problem in problems):
        return
    imports = written[0].get("imports")
    texts = (
        text
        for root in written
        for pair in root.pairs
        if pair.key != "imports"
        for text in _texts(pair.value)
    )
    named = {module_of(text) for text in texts} if imports else set()
    told = {problem.span for problem in problems}
    for node in _modules(imports.value if imports else None):
        if str(node.value) not in named and node.span.source in sources and node.span not in told:
            problems.append(UnusedImport(node.span, str(node.value)))


def _modules(written: Node | None) -> list[ScalarNode]:
    nodes = written.items if isinstance(written, ListNode) else (written,)
    return [node for node in nodes if isinstance(node, ScalarNode)]


def _texts(node: Node) -> Iterator[str]:
    """Every key and every text of a node."""
    if isinstance(node, MappingNode):
        for pair in node.pairs:
            yield pair.key
            yield from _texts(pair.value)
    elif isinstance(node, ListNode):
        for item in node.items:
            yield from _texts(item)
    elif isinstance(node.value, str):
        yield node.value
