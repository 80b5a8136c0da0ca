"""The layers of one spec: what it extends, the file itself, and the overrides on top."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span
from recipe.diagnostics.templates import ExtendsItself, ExtendsTooMuch, SetFromOutside, UnknownTemplate
from recipe.diagnostics.values import NothingWritten, WrongValue
from recipe.language.files import MAX_BYTES
from recipe.language.nodes import Document, ListNode, Node, Pair, ScalarNode
from recipe.language.overrides import parse_override
from recipe.language.reader import read_file
from recipe.language.scalars import described

YAML = (".yaml", ".yml")
EXTENDED = "the name of a template, a path that ends in `.yaml`, or a list of these"
MOST_SUGGESTED = 200
MAX_FILES = 32  # below one spec


@dataclass(slots=True)
class LayerReader:
    """Reads a spec with everything below it.

    Args:
        templates: folders of the templates that `extends` finds by name, searched in their order.
        problems: where problems go.
    """

    templates: tuple[Path, ...]
    problems: list[Problem] = field(default_factory=list)
    _num_files: int = 0
    _num_bytes: int = 0

    def read(self, document: Document, overrides: Sequence[str] = ()) -> tuple[Document, ...]:
        """All layers of a document, lowest first."""
        below = self._below(document, (document.source,))
        return (*below, document, *self._above(overrides))

    def _above(self, overrides: Sequence[str]) -> Iterable[Document]:
        for number, text in enumerate(overrides, 1):
            layer = parse_override(text, number, self.problems)
            if layer is None:
                continue
            if extends := layer.root.get("extends"):
                self.problems.append(SetFromOutside(extends.key_span, "extends"))
            else:
                yield layer

    def _below(self, document: Document, chain: tuple[str, ...]) -> Iterable[Document]:
        extends = document.root.get("extends")
        if extends is None:
            return
        for name, span in self._names(extends):
            path = self._find(name, document.source)
            if path is None:
                self.problems.append(UnknownTemplate(span, name, self._known(document.source)))
            elif circle := _circle(chain, path):
                self.problems.append(ExtendsItself(span, circle))
            elif not self._may_read(path, span):
                return
            else:
                layer = read_file(path, str(path), self.problems)
                if layer is not None:
                    yield from self._below(layer, (*chain, str(path)))
                    yield layer

    def _may_read(self, path: Path, span: Span) -> bool:
        """Whether one more file is not too much; the first that is gets told."""
        was_enough = self._num_files > MAX_FILES or self._num_bytes > MAX_BYTES
        self._num_files += 1
        self._num_bytes += _size(path)
        is_enough = self._num_files > MAX_FILES or self._num_bytes > MAX_BYTES
        if is_enough and not was_enough:
            self.problems.append(ExtendsTooMuch(span, MAX_FILES, MAX_BYTES))
        return not is_enough

    def _names(self, extends: Pair) -> Iterable[tuple[str, Span]]:
        """The names that are written; what is no name is told."""
        is_list = isinstance(extends.value, ListNode)
        nodes: tuple[Node, ...] = extends.value.items if is_list else (extends.value,)  # type: ignore[union-attr]
        if not nodes or extends.value == ScalarNode(None, extends.value.span):
            self.problems.append(NothingWritten(extends.key_span, "extends", EXTENDED))
            return
        for node in nodes:
            value = node.value if isinstance(node, ScalarNode) else None
            if isinstance(value, str) and value.strip():
                yield value, node.span
            else:
                received = described(value) if isinstance(node, ScalarNode) else "a value with parts"
                self.problems.append(WrongValue(node.span, "extends", EXTENDED, received))

    def _find(self, name: str, source: str) -> Path | None:
        """The file of a path (relative to the one that wrote it) or of a template's name."""
        if name.endswith(YAML):
            path = Path(source).parent / name
            return path if _is_yaml(path) else None
        paths = (folder / f"{name}.yaml" for folder in self.templates)
        return next((path for path in paths if path.parent in self.templates and _is_yaml(path)), None)

    def _known(self, source: str) -> tuple[str, ...]:
        """The names of the templates, and of the specs beside the one that was read."""
        templates = sorted(path.stem for folder in self.templates for path in folder.glob("*.yaml"))
        folder = Path(source).parent
        beside = sorted(path.name for path in islice(folder.glob("*.y*ml"), MOST_SUGGESTED))
        return (*templates, *(name for name in beside if name != Path(source).name))


def _circle(chain: tuple[str, ...], path: Path) -> tuple[str, ...]:
    """The part of a chain that a path would close, however the path is spelled; empty when it closes none."""
    found = (number for number, name in enumerate(chain) if Path(name).resolve() == path.resolve())
    start = next(found, None)
    return () if start is None else (*chain[start:], str(path))


def _is_yaml(path: Path) -> bool:
    """Whether there is such a file, and not one of another kind behind a link."""
    try:
        return path.is_file() and path.resolve().name.endswith(YAML)
    except (OSError, ValueError):  # a name that no file can have
        return False


def _size(path: Path) -> int:
    """Bytes of a file; reading it will tell why there are none."""
    try:
        return path.stat().st_size
    except OSError:
        return 0
