"""Copies of the classes of ours that a run uses, as a script has them: without registration."""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

OWN = "recipe.components."
"""Beginning of our classes."""

_REGISTRATION = "keras.saving.register_keras_serializable"
_FOR_CHECKERS = re.compile(r"  # type: ignore\[[a-z, -]+\]")


@dataclass(frozen=True, slots=True)
class Copied:
    """Definitions in the order in which they can be made, and what they import.

    Args:
        definitions: sources, by module.
        imports: lines of what is not of recipe.
    """

    definitions: dict[str, tuple[str, ...]]
    imports: frozenset[str]

    @property
    def sources(self) -> Iterator[str]:
        """All definitions, one after the other."""
        return (source for sources in self.definitions.values() for source in sources)


def copied(targets: tuple[str, ...]) -> Copied:
    """The classes of some targets, and before them whatever these use of their modules and of others.

    Args:
        targets: such as `recipe.components.warmup_cosine.WarmupCosine`.
    """
    used: dict[str, set[str]] = {}
    for target in targets:
        module, _, name = target.rpartition(".")
        _use(module, {name}, used)
    definitions = {
        module: tuple(_source(module, node) for node in _statements(module) if _defined(node) & names)
        for module, names in used.items()
    }
    imported: dict[str, set[str]] = {}
    for module, names in used.items():
        for origin, words in _imports(module, names):
            imported.setdefault(origin, set()).update(words)
    lines = frozenset(_import_line(origin, words) for origin, words in imported.items())
    return Copied({module: sources for module, sources in definitions.items() if sources}, lines)


def _use(module: str, names: set[str], used: dict[str, set[str]]) -> None:
    """Add the names that some definitions of a module mention, those of the modules it imports first."""
    mentioned = _mentioned(_statements(module), names)
    for origin, words in _imports(module, mentioned, of_recipe=True):
        _use(origin, words, used)
    used.setdefault(module, set()).update(mentioned)


def _mentioned(nodes: Sequence[ast.stmt], names: set[str]) -> set[str]:
    """Some names, and those that their definitions mention, and so on."""
    more = names.union(*(_words(node) for node in nodes if _defined(node) & names))
    return names if more == names else _mentioned(nodes, more)


@cache
def _statements(module: str) -> Sequence[ast.stmt]:
    """What stands in a module behind its docstring."""
    return ast.parse(_text(module)).body[1:]


@cache
def _text(module: str) -> str:
    file = resources.files("recipe") / "components" / f"{module.removeprefix(OWN)}.py"
    return file.read_text(encoding="utf-8")


def _imports(module: str, names: set[str], *, of_recipe: bool = False) -> Iterator[tuple[str, set[str]]]:
    """What is imported under some names, by its module; a module itself has no words."""
    for node in _statements(module):
        if isinstance(node, ast.Import):
            yield from ((alias.name, set()) for alias in node.names if alias.name in names and not of_recipe)
        elif isinstance(node, ast.ImportFrom):
            origin, words = str(node.module), {alias.name for alias in node.names} & names
            if origin.startswith(OWN) == of_recipe and (words or of_recipe):
                yield origin, words


def _import_line(origin: str, words: set[str]) -> str:
    return f"from {origin} import {', '.join(sorted(words))}" if words else f"import {origin}"


def _defined(node: ast.stmt) -> set[str]:
    """The names that a statement of a module makes."""
    if isinstance(node, ast.ClassDef | ast.FunctionDef):
        return {node.name}
    targets = node.targets if isinstance(node, ast.Assign) else []
    return {target.id for target in targets if isinstance(target, ast.Name)}


def _words(node: ast.stmt) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


def _source(module: str, node: ast.stmt) -> str:
    """A definition with the comment above it, without what registers it."""
    text, decorators = _text(module), getattr(node, "decorator_list", [])
    lines, first = text.splitlines(), min(one.lineno for one in (*decorators, node)) - 1
    above = first
    while lines[above - 1].startswith("#"):
        above -= 1
    written = [str(ast.get_source_segment(text, one)) for one in decorators]
    kept = [f"@{one}" for one in written if not one.startswith(_REGISTRATION)]
    segment = str(ast.get_source_segment(text, node))  # begins after the decorators
    return _FOR_CHECKERS.sub("", "\n".join((*lines[above:first], *kept, segment)))
