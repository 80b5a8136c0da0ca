"""The layers of one spec: what it extends, the file itself, and the overrides on top."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span
from recipe.diagnostics.values import ExtendsItself, UnknownTemplate
from recipe.language.nodes import Document, ListNode, Node, Pair
from recipe.language.overrides import parse_override
from recipe.language.reader import read_file


@dataclass(slots=True)
class LayerReader:
    """Reads a spec with everything below it.

    Args:
        templates: folder of the templates that `extends` finds by name.
        problems: where problems go.
    """

    templates: Path
    problems: list[Problem] = field(default_factory=list)

    def read(self, document: Document, overrides: Sequence[str] = ()) -> tuple[Document, ...]:
        """All layers of a document, lowest first."""
        below = self._below(document, (document.source,))
        above = (parse_override(text, number, self.problems) for number, text in enumerate(overrides, 1))
        return (*below, document, *(layer for layer in above if layer is not None))

    def _below(self, document: Document, chain: tuple[str, ...]) -> Iterable[Document]:
        extends = document.root.get("extends")
        if extends is None:
            return
        for name, span in self._names(extends):
            path = self._find(name, document.source)
            if path is None:
                self.problems.append(UnknownTemplate(span, name, self._known()))
            elif str(path) in chain:
                self.problems.append(ExtendsItself(span, (*chain[chain.index(str(path)) :], str(path))))
            else:
                layer = read_file(path, str(path), self.problems)
                if layer is not None:
                    yield from self._below(layer, (*chain, str(path)))
                    yield layer

    def _names(self, extends: Pair) -> list[tuple[str, Span]]:
        nodes: tuple[Node, ...] = (
            extends.value.items if isinstance(extends.value, ListNode) else (extends.value,)
        )
        return [(str(getattr(node, "value", "")), node.span) for node in nodes]

    def _find(self, name: str, source: str) -> Path | None:
        """The file of a path (relative to the one that wrote it) or of a template's name."""
        beside = Path(source).parent / name
        if name.endswith((".yaml", ".yml")):
            return beside if beside.is_file() else None
        template = self.templates / f"{name}.yaml"
        return template if template.is_file() and template.parent == self.templates else None

    def _known(self) -> tuple[str, ...]:
        return tuple(sorted(path.stem for path in self.templates.glob("*.yaml")))
