"""Features to the inputs of the network: which input takes which, and how they become its array.

An input that is named like a feature takes that feature alone; one other may take all that are left, joined
to one vector. Without names there is one input that takes everything.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from recipe.data import features
from recipe.data.cells import flags_of, is_finite_number
from recipe.data.datasets import Array
from recipe.data.images import Layout, check_finite, check_ids, settle_layout
from recipe.data.meanings import Kind, Meaning
from recipe.data.missing import Kept
from recipe.data.roles import span_of
from recipe.data.tables import Table, missing_in
from recipe.diagnostics.architectures import FeaturesLeft, InputsDiffer
from recipe.diagnostics.data import NotAFlag, NotANumber, NoValues
from recipe.diagnostics.data_arrays import DifferentShape, MixedFeatures
from recipe.diagnostics.problems import Problem, errors
from recipe.diagnostics.spans import Span
from recipe.program.facts import Column, InputFact

INPUT = "input"
"""Name of the one input of a network that names none."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """How features become one input.

    Args:
        fact: of the input.
        columns: facts of its features.
        layout: of a stored array; None of a table.
    """

    fact: InputFact
    columns: tuple[Column, ...]
    layout: Layout | None = None

    def encode(self, table: Table) -> Array:
        """The input of every row of a table, `(rows, *fact.shape)`."""
        if self.layout is not None:
            return self.layout.encode(table.arrays[self.columns[0].name].values)
        return features.encode(self.columns, table.cells)


def settle_inputs(
    parts: Mapping[str, Table], kept: Kept, meaning: Meaning, problems: list[Problem]
) -> Mapping[str, Encoding]:
    """The encoding of every input, as its features are found in the training split.

    Args:
        parts: tables by split, `train` first.
        kept: the sources before they were divided.
        meaning: of the columns.
        problems: R241, R243 and R5xx are appended.
    """
    shares = share(meaning.roles.features, meaning.plan.inputs, meaning.plan.span, problems)
    found = {name: _settle_input(names, parts, kept, meaning, problems) for name, names in shares.items()}
    return {name: encoding for name, encoding in found.items() if encoding is not None}


def share(
    names: Iterable[str], inputs: Mapping[str, Span | None], span: Span | None, problems: list[Problem]
) -> Mapping[str, tuple[str, ...]]:
    """The features that each input takes; none after a Problem.

    Args:
        names: of the features.
        inputs: of the network, each with where it was written; empty for the one that takes everything.
        span: of the data, where no input was written.
        problems: R241 or R243 is appended.
    """
    known = tuple(names)
    left = tuple(name for name in known if name not in inputs)
    others = [name for name in inputs or {INPUT: span} if name not in known]
    surplus = others[1:] if left else others
    if surplus:
        problems += [InputsDiffer(inputs[name], name, known) for name in surplus]
        return {}
    if left and not others:
        problems.append(FeaturesLeft(next(iter(inputs.values())), left))
        return {}
    return {name: left if name in others else (name,) for name in inputs or (INPUT,)}


def _settle_input(
    names: tuple[str, ...],
    parts: Mapping[str, Table],
    kept: Kept,
    meaning: Meaning,
    problems: list[Problem],
) -> Encoding | None:
    arrays = [name for name in names if name in parts["train"].arrays]
    if len(names) == 1 and arrays:
        return _settle_array(names[0], parts, kept.parts["train"], meaning, problems)
    if arrays:
        problems.append(MixedFeatures(meaning.plan.span, names, arrays[0]))
        return None
    return _settle_columns(names, parts, kept, meaning, problems)


def _settle_columns(
    names: tuple[str, ...],
    parts: Mapping[str, Table],
    kept: Kept,
    meaning: Meaning,
    problems: list[Problem],
) -> Encoding | None:
    kinds, span, train = meaning.kinds, meaning.plan.span, parts["train"]
    sound = [check_cells(name, kinds[name], table, problems) for table in parts.values() for name in names]
    empty = [name for name in names if missing_in(train.cells[name]).all()]
    problems.extend(NoValues(kinds[name].span, name, "the training split") for name in empty)
    if empty or not all(sound):
        return None
    columns = tuple(
        features.fit(name, kinds[name], train.cells[name], kept.dropped.get(name, 0)) for name in names
    )
    for part, table in parts.items():
        features.warn_of_unseen(columns, table.cells, part, span, problems)
    width = sum(column.width for column in columns)
    return Encoding(InputFact((width,), "float32", features=names), columns)


def _settle_array(
    name: str, parts: Mapping[str, Table], source: Table, meaning: Meaning, problems: list[Problem]
) -> Encoding | None:
    written = meaning.roles.features[name]
    span = span_of(written, meaning.plan)
    kind = None if written is None else written.name
    layout = settle_layout(name, source.arrays[name], kind, span, problems)
    if layout is None:
        return None
    before = len(errors(problems))
    expected = source.arrays[name].values.shape[1:]
    for part, table in parts.items():
        received = table.arrays[name].values.shape[1:]
        if received != expected:
            problems.append(DifferentShape(span, name, part, expected, received))
        check_finite(name, table, part, span, problems)
        if layout.vocabulary:
            check_ids(name, table, part, layout.vocabulary, span, problems)
    fact = replace(layout.fact, features=(name,))
    return Encoding(fact, (layout.column(name),), layout) if len(errors(problems)) == before else None


def check_cells(name: str, kind: Kind, table: Table, problems: list[Problem]) -> bool:
    """Whether every present cell is a finite number, or one of the two values of a flag; else R526 or R527.

    Args:
        name: of the column.
        kind: of the column.
        table: that has the column.
        problems: are appended to.
    """
    cells = table.cells[name]
    if kind.name == "number":
        wrong = np.flatnonzero([bool(text) and not is_finite_number(text) for text in cells])
        if len(wrong):
            places = table.places(wrong)
            problems.append(NotANumber(kind.span, name, str(cells[wrong[0]]), len(wrong), places))
        return not len(wrong)
    if kind.name == "flag":
        wrong = np.flatnonzero(np.isnan(flags_of(cells, kind.pair)) & ~missing_in(cells))
        if len(wrong):
            values = (*kind.pair, *dict.fromkeys(cells[wrong].tolist()))
            problems.append(NotAFlag(kind.span, name, values, len(values), table.places(wrong)))
        return not len(wrong)
    return True
