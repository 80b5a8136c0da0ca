"""Divided tables to encoded arrays: statistics of the training split, then every part the same way."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from recipe.data import features, targets
from recipe.data.cells import flags_of, is_finite_number
from recipe.data.datasets import Array, Arrays, Dataset
from recipe.data.images import Layout, check_finite, settle_layout
from recipe.data.meanings import Kind, Meaning
from recipe.data.missing import Kept
from recipe.data.roles import span_of
from recipe.data.tables import Table, missing_in
from recipe.diagnostics.data import NotAFlag, NotANumber, NoValues
from recipe.diagnostics.data_arrays import DifferentShape, MixedFeatures
from recipe.diagnostics.problems import Problem, errors
from recipe.program.facts import Column, Facts, InputFact, Target

INPUT = "input"
"""Name of the one input that features are joined to."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """How features become the input.

    Args:
        fact: of the input.
        columns: facts of the features.
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


def assemble(
    parts: Mapping[str, Table], kept: Kept, meaning: Meaning, fingerprint: str, problems: list[Problem]
) -> Dataset | None:
    """Encode all parts.

    Args:
        parts: tables by split, `train` first.
        kept: the sources before they were divided.
        meaning: of the columns.
        fingerprint: of what was read.
        problems: R5xx are appended.

    Returns:
        None when there is an error.
    """
    before = len(errors(problems))
    learned = _settle_targets(parts, kept.parts["train"], meaning, problems)
    encoding = _settle_inputs(parts, kept, meaning, problems)
    if encoding is None or len(errors(problems)) > before:
        return None
    splits = {
        part: Arrays(
            {INPUT: encoding.encode(table)},
            {target.name: targets.encode(target, table.cells[target.name]) for target in learned},
            table.rows,
        )
        for part, table in parts.items()
    }
    examples = {part: len(table) for part, table in parts.items()}
    facts = Facts(examples, {INPUT: encoding.fact}, encoding.columns, tuple(learned), fingerprint)
    return Dataset(facts, splits)


def _settle_targets(
    parts: Mapping[str, Table], source: Table, meaning: Meaning, problems: list[Problem]
) -> list[Target]:
    learned = []
    for name in meaning.roles.targets:
        kind = meaning.kinds[name]
        target = targets.settle_classes(name, kind, source.cells[name], problems)
        if target is None:
            continue
        sound = [targets.check(target, table, part, kind.span, problems) for part, table in parts.items()]
        if all(sound):
            learned.append(targets.fit(target, parts["train"].cells[name]))
    return learned


def _settle_inputs(
    parts: Mapping[str, Table], kept: Kept, meaning: Meaning, problems: list[Problem]
) -> Encoding | None:
    names, kinds, span = tuple(meaning.roles.features), meaning.kinds, meaning.plan.span
    train = parts["train"]
    if set(names) <= set(train.arrays) and len(names) == 1:
        return _settle_array(names[0], parts, meaning, problems)
    if set(names) & set(train.arrays):
        problems.append(MixedFeatures(span, names))
        return None
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
    return Encoding(InputFact((sum(column.width for column in columns),), "float32"), columns)


def _settle_array(
    name: str, parts: Mapping[str, Table], meaning: Meaning, problems: list[Problem]
) -> Encoding | None:
    written = meaning.roles.features[name]
    span = span_of(written, meaning.plan)
    kind = None if written is None else written.name
    layout = settle_layout(name, parts["train"].arrays[name], kind, span, problems)
    if layout is None:
        return None
    expected = parts["train"].arrays[name].values.shape[1:]
    sound = True
    for part, table in parts.items():
        received = table.arrays[name].values.shape[1:]
        if received != expected:
            problems.append(DifferentShape(span, name, part, expected, received))
            sound = False
        sound = check_finite(name, table, part, span, problems) and sound
    return Encoding(layout.fact, (layout.column(name),), layout) if sound else None


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
