"""A spec read and checked: every problem at once, without a framework."""

import gc
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

from recipe.catalog.blocks import Blocks
from recipe.catalog.calls import Call, calls_in
from recipe.catalog.expansion import Expansion
from recipe.catalog.imported import modules_in, tell_unused_imports
from recipe.catalog.merging import TOP, merge_documents
from recipe.catalog.places import Place
from recipe.catalog.resolver import Resolver
from recipe.catalog.sections import BEFORE_RESOLVING
from recipe.catalog.values import Evaluator, tell_unused_variables
from recipe.diagnostics.ignores import without_ignored
from recipe.diagnostics.problems import (
    Collected,
    EnoughProblems,
    Problem,
    RecipeError,
    Texts,
    errors,
    in_order,
)
from recipe.diagnostics.spans import Span
from recipe.diagnostics.text import TooManyProblems
from recipe.diagnostics.yaml_forms import TagWritten
from recipe.language.files import MAX_BYTES, decode, read_text
from recipe.language.layers import LayerReader
from recipe.language.nodes import Document, MappingNode
from recipe.language.overrides import source_of
from recipe.language.reader import read, read_file
from recipe.language.trees import MAX_PROBLEMS
from recipe.lint.rules import lint, waits_for_data
from recipe.program.building import build
from recipe.program.conflicts import find_conflicts
from recipe.program.history import Entry, matching
from recipe.program.programs import Program
from recipe.program.shipped import TEMPLATES


class DataError(RecipeError):
    """The data cannot be used as they are."""

    exit_code = 5


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found.

    Args:
        source: name of the spec.
        problems: all of them, in line order.
        texts: every file that was read, by name.
        spec: the resolved spec; None when something in it is wrong.
        program: the Program without facts; None likewise.
        sources: where data are read from, as far as that is right.
    """

    source: str
    problems: tuple[Problem, ...]
    texts: Texts
    spec: Call | None = None
    program: Program | None = None
    sources: tuple[Call, ...] = ()


@dataclass(frozen=True, slots=True)
class Spec:
    """A spec without errors.

    Args:
        source: its name.
        root: every value with its origin.
        program: what it means, before the data is read.
        texts: every file that was read.
        warnings: what is not an error.
        arrays: that a program gives to the sources `arrays`, by name.
        allow_imports: whether the modules of `imports` may be imported.
    """

    source: str
    root: Call
    program: Program
    texts: Texts
    warnings: tuple[Problem, ...] = ()
    arrays: Mapping[str, Any] | None = None
    allow_imports: bool = False


def check(spec: str | Path, overrides: Sequence[str] = (), *, text: str | None = None) -> Checked:
    """Check a spec; loads no framework.

    Args:
        spec: path of the file, or the name to show for `text`.
        overrides: `path=value`, later wins.
        text: the spec itself, when it is not in a file.
    """
    problems, texts, source = Collected(MAX_PROBLEMS), Texts(), str(spec)
    try:
        with _uncollected():
            root, program = _checked(source, overrides, text, texts, problems)
    except EnoughProblems as ended:
        root, program = None, None
        list.append(problems, TooManyProblems(ended.problem.span, MAX_PROBLEMS))
    if not texts.by_source:
        texts = _texts(source, text)
    whole = program is not None
    told = _without_follow_ups(problems)
    found = without_ignored(told, texts, source, lambda code: whole and not waits_for_data(code))
    spec_found = root if whole else None
    return Checked(source, in_order(found), texts, spec_found, program, _sources_in(root))


def _without_follow_ups(problems: Sequence[Problem]) -> list[Problem]:
    """The problems, without those of values behind a tag, which made them what they are.

    Of a variable whose value is refused wherever it is used, the first use is told.
    """
    tags = {_end(problem.span) for problem in problems if isinstance(problem, TagWritten) and problem.span}
    variables: set[Span] = set()
    kept = []
    for problem in problems:
        span = problem.span
        if span and (_before(span) in tags or span in variables):
            continue
        if span and span.through:
            variables.add(span)
        kept.append(problem)
    return kept


def _end(span: Span) -> tuple[str, int, int]:
    return span.source, span.end_line, span.end_column


def _before(span: Span) -> tuple[str, int, int]:
    """The place before the blank before a span."""
    return span.source, span.line, span.column - 1


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without looking for garbage, a quarter of a check's time: it builds trees and drops next to nothing."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _sources_in(root: Call | None) -> tuple[Call, ...]:
    data = root.get("data") if root else None
    return tuple(call for call in calls_in(data) if call.target.startswith("recipe.data.sources."))


def _checked(
    source: str, overrides: Sequence[str], text: str | None, texts: Texts, problems: list[Problem]
) -> tuple[Call | None, Program | None]:
    """The resolved spec and its Program, the latter not after an error; each text read joins `texts`."""
    document = read_file(Path(source), source, problems) if text is None else read(text, source, problems)
    if document is None:
        return None, None
    texts.by_source[source] = document.text
    texts.by_source |= {source_of(number): text for number, text in enumerate(overrides, 1)}
    layers = LayerReader(TEMPLATES, problems).read(document, overrides)
    texts.by_source |= {layer.source: layer.text for layer in layers}
    root = _resolve(layers, document, texts, problems)
    if root is None or errors(problems):
        return root, None
    program = build(root, None, problems)
    if not errors(problems):
        problems += lint(program)
    return root, None if errors(problems) else program


def _texts(source: str, text: str | None) -> Texts:
    found = read_text(Path(source), source, []) if text is None else text
    return Texts() if found is None else Texts({source: found})


def _resolve(
    layers: Sequence[Document], document: Document, texts: Texts, problems: list[Problem]
) -> Call | None:
    """The checked spec, what is wrong left out and told; None when nothing of it is right."""
    whole = not problems
    merged = merge_documents(layers)
    evaluator = Evaluator.of(merged.get("vars"), problems, merged.get("extends"))
    blocks = Blocks.of(merged.get("blocks"), problems)
    pairs = tuple(pair for pair in merged.pairs if pair.key not in BEFORE_RESOLVING)
    start = Span(document.source, 1, 1, 1, 1)
    expansion = Expansion(blocks, variables=evaluator.variables)
    modules = merged.get("imports")
    imports = modules_in(modules.value if modules else None)
    resolver = Resolver(evaluator, problems, whole, expansion=expansion, imports=imports)
    found = resolver.resolve(MappingNode(pairs, merged.span, merged.overrode), TOP, Place("", start))
    _tell_unused(layers, layers.index(document), merged, blocks, problems)
    texts.by_source |= blocks.texts
    if not isinstance(found, Call):
        return None
    if errors(problems):
        find_conflicts(found, resolver.broken, problems)
        return found
    return found if "name" in found else found.with_argument("name", _name(document.source), found.origin)


def _tell_unused(
    layers: Sequence[Document], own: int, merged: MappingNode, blocks: Blocks, problems: list[Problem]
) -> None:
    """Tell variables, blocks and modules that nothing uses; what an override replaces used them too."""
    overrides = layers[own + 1 :]
    written = (merged, merge_documents(layers[: own + 1])) if overrides else (merged,)
    sources = {layer.source for layer in layers[own:]}
    tell_unused_variables(written, sources, problems)
    tell_unused_imports(written, sources, problems)
    blocks.tell_unused([root.get("architecture") for root in written], sources, problems)


def _name(source: str) -> str:
    """The name of a run whose spec says none: that of the file, in the characters that a name may have."""
    stem = Path(source).name.removesuffix(".yaml").removesuffix(".yml")
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()
    word = re.sub(r"[^A-Za-z0-9_.-]+", "-", plain).strip("-")
    return (word if word[:1].isalpha() else f"run-{word}".rstrip("-"))[:64]


def text_of(stream: BinaryIO, name: str) -> str:
    """The text of a spec that comes from a stream.

    Args:
        stream: of bytes; no more are read than a spec may have.
        name: to show for it.

    Raises:
        RecipeError: R104 or R105 when it is too large or no UTF-8.
    """
    problems: list[Problem] = []
    text = decode(stream.read(MAX_BYTES + 1), name, problems)
    if text is None:
        raise RecipeError(problems)
    return text


def load(
    spec: str | Path,
    overrides: Sequence[str] = (),
    *,
    text: str | None = None,
    arrays: Mapping[str, Any] | None = None,
    allow_imports: bool = False,
) -> Spec:
    """Read and check a spec that is to be run: when it has errors, missing data files are told with them.

    Args:
        spec: path of the file, or the name to show for `text`.
        overrides: `path=value`, later wins.
        text: the spec itself, when it is not in a file.
        arrays: what `data: {source: arrays}` reads, by name: whatever NumPy makes an array of.
        allow_imports: let the modules of `imports` be imported when the spec is run; they are code.

    Raises:
        RecipeError: with every error that was found.
    """
    checked = check(spec, overrides, text=text)
    if checked.spec is None or checked.program is None:
        raise RecipeError(in_order((*checked.problems, *_missing_files(checked))), checked.texts)
    return Spec(
        checked.source, checked.spec, checked.program, checked.texts, checked.problems, arrays, allow_imports
    )


def _missing_files(checked: Checked) -> list[Problem]:
    from recipe.data.sources.files import find, paths_of

    problems: list[Problem] = []
    for call in checked.sources:
        if (path := call.get("path")) is not None:
            find(paths_of(path), call.span_of("path"), problems)
    return problems


def loaded(spec: str | Path | Spec, arrays: Mapping[str, Any] | None = None) -> Spec:
    """A spec as it was loaded, or loaded now from its path; with other arrays where any are given."""
    if not isinstance(spec, Spec):
        return load(spec, arrays=arrays)
    return spec if arrays is None else replace(spec, arrays=arrays)


def explain(spec: str | Path | Spec, key: str) -> tuple[Entry, ...]:
    """The history of the values of a key; empty when nothing has that name.

    Args:
        spec: a path, or what `load` returned.
        key: a dotted path or the end of one, such as `learning_rate` or `dense_1.kernel_initializer`.
    """
    return matching(loaded(spec).program, key)


def schema() -> Mapping[str, Any]:
    """The language as JSON Schema (draft-07): every key, word and class of Keras, for editors."""
    from recipe.catalog.schema import schema as written

    return written()


def block_page() -> str:
    """Every block that ships with its variables, as Markdown."""
    from recipe.catalog.block_page import block_page as written

    return written()


def source_page() -> str:
    """Every source of data with its arguments, as Markdown."""
    from recipe.catalog.source_page import source_page as written

    return written()


def settable_paths(program: Program | None) -> tuple[str, ...]:
    """The paths that an override can set, the arguments of the Program's optimizer among them."""
    from recipe.catalog import settable

    return settable.settable_paths(program.optimizer.name if program else None)
