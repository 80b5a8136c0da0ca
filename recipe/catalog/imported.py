"""Classes of the modules that a spec imports: of them nothing is known but what was written."""

from collections.abc import Sequence

from recipe.catalog.leaves import Anything, Text
from recipe.catalog.rows import UNSET, Parameter, Row
from recipe.language.nodes import ListNode, Node, ScalarNode

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
    nodes = written.items if isinstance(written, ListNode) else (written,)
    return tuple(str(node.value) for node in nodes if isinstance(node, ScalarNode))
