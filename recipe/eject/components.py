"""Copies of the classes of ours that a run uses, as a script has them: without registration."""

import ast
from dataclasses import dataclass
from importlib import resources

_COMPONENTS = "recipe.components."


@dataclass(frozen=True, slots=True)
class Copied:
    """Classes in the order in which they can be defined, and what they import.

    Args:
        definitions: sources, by module.
        imports: lines of what is not of recipe.
    """

    definitions: dict[str, tuple[str, ...]]
    imports: frozenset[str]


def copied(targets: tuple[str, ...]) -> Copied:
    """The classes of some targets, with those that they inherit from before them.

    Args:
        targets: such as `recipe.components.warmup_cosine.WarmupCosine`.
    """
    definitions: dict[str, tuple[str, ...]] = {}
    imports: set[str] = set()
    for target in targets:
        _copy(target.rpartition(".")[0], definitions, imports)
    return Copied(definitions, frozenset(imports))


def _copy(module: str, definitions: dict[str, tuple[str, ...]], imports: set[str]) -> None:
    if module in definitions:
        return
    file = resources.files("recipe") / "components" / f"{module.removeprefix(_COMPONENTS)}.py"
    text = file.read_text(encoding="utf-8")
    found: list[str] = []
    for node in ast.parse(text).body[1:]:  # without the module's docstring
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith(_COMPONENTS):
            _copy(str(node.module), definitions, imports)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            imports.add(ast.unparse(node))
        else:  # a source segment begins after the decorators
            found.append(str(ast.get_source_segment(text, node)))
    definitions[module] = tuple(found)
