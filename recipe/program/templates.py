"""The templates that ship with recipe, as their files describe themselves."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from recipe.language.layers import LayerReader
from recipe.language.nodes import Document, MappingNode, Pair
from recipe.language.reader import read_file
from recipe.program.shipped import ARCHITECTURES, RECIPES, SPECS, TEMPLATES, names_in

HEADER = "# "
SOURCE = "source"


class Family(StrEnum):
    """What a template is a template of."""

    SPEC = "spec"
    ARCHITECTURE = "architecture"
    RECIPE = "recipe"


FOLDERS = {Family.SPEC: SPECS, Family.ARCHITECTURE: ARCHITECTURES, Family.RECIPE: RECIPES}


@dataclass(frozen=True, slots=True)
class Variable:
    """What a spec that extends a template may set in `vars`.

    Args:
        name: of the variable.
        default: as it is written.
        help: the comment behind it.
    """

    name: str
    default: str
    help: str


@dataclass(frozen=True, slots=True)
class Template:
    """A spec, or a part of one, that ships with recipe.

    Args:
        name: for `extends` and `recipe init`.
        family: whole spec, architecture or training recipe.
        path: of its file.
        help: one sentence.
        source: the papers it follows.
        variables: with a default that is no expression; the rest follows from these.
    """

    name: str
    family: Family
    path: Path
    help: str
    source: str
    variables: tuple[Variable, ...]


def shipped_templates() -> tuple[Template, ...]:
    """All templates, by family and name.

    Raises:
        ValueError: when one has a mistake, which no spec can mend.
    """
    return tuple(
        _template(folder / f"{name}.yaml", family)
        for family, folder in FOLDERS.items()
        for name in names_in(folder)
    )


def _template(path: Path, family: Family) -> Template:
    reader = LayerReader(TEMPLATES)
    document = read_file(path, str(path), reader.problems)
    layers = reader.read(document) if document else ()
    if document is None or reader.problems:
        raise ValueError(f"the template `{path.stem}` cannot be read: {reader.problems}")
    variables = {variable.name: variable for layer in layers for variable in _variables(layer)}
    header = list(_header(document.text))
    return Template(path.stem, family, path, header[0], _source(header), tuple(variables.values()))


def _header(text: str) -> Iterator[str]:
    """The lines of the comment that a file opens with."""
    for line in text.splitlines():
        if not line.startswith(HEADER.strip()):
            return
        yield line.removeprefix("#").removeprefix(" ")


def _source(header: list[str]) -> str:
    """The paragraph `source` of a header, in one line."""
    start = next((number for number, line in enumerate(header) if line.startswith(SOURCE)), None)
    if start is None:
        return ""
    rest = header[start + 1 :]
    end = next((number for number, line in enumerate(rest) if not line.startswith(" ")), len(rest))
    return " ".join([header[start].removeprefix(SOURCE).strip(), *map(str.strip, rest[:end])])


def _variables(document: Document) -> Iterator[Variable]:
    written = document.root.get("vars")
    pairs = written.value.pairs if written and isinstance(written.value, MappingNode) else ()
    lines = document.text.splitlines()
    for pair in pairs:
        default, comment = _written(pair, lines)
        if "$" not in default:
            yield Variable(pair.key, default, comment)


def _written(pair: Pair, lines: list[str]) -> tuple[str, str]:
    """The value of a pair as it stands in its line, and the comment behind it."""
    span = pair.value.span
    line = lines[span.line - 1]
    if span.end_line != span.line:
        return line[span.column - 1 :], ""
    return line[span.column - 1 : span.end_column - 1], line[span.end_column - 1 :].partition("#")[2].strip()
