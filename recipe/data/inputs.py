"""Features to the inputs of the network: which input takes which, and how they become its array.

An input that is named like a feature takes that feature alone; one other may take all that are left, joined
to one vector. Without names there is one input that takes everything.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from recipe.data import dates, features, scales
from recipe.data.cells import distinct, each, flags_of, is_finite_number, not_numbers, numbers_of
from recipe.data.datasets import Array
from recipe.data.images import Layout, check_finite, check_ids, settle_layout
from recipe.data.meanings import Kind, Meaning
from recipe.data.missing import Kept
from recipe.data.steps import SEQUENCE, numbers_of_steps, rows_without_numbers, steps_in
from recipe.data.tables import Cells, Rows, Table, missing_in
from recipe.data.written_kinds import misfits_of_array
from recipe.diagnostics.architectures import FeaturesLeft, InputsDiffer
from recipe.diagnostics.data import NotAFlag, NotANumber, NoValues
from recipe.diagnostics.data_arrays import DifferentShape, MixedFeatures
from recipe.diagnostics.data_kinds import BelowScale, NotADate
from recipe.diagnostics.data_sequences import NeedsOwnInput
from recipe.diagnostics.problems import Problem, errors
from recipe.diagnostics.spans import Span
from recipe.program.embeddings import input_names
from recipe.program.facts import IDS, Column, InputFact
from recipe.program.roles import span_of

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
        return encode_columns(self.fact, self.columns, table.cells)


def encode_columns(fact: InputFact, columns: Sequence[Column], cells: Mapping[str, Cells]) -> Array:
    """One input of every row, from columns of cells: a vector, a sequence, or ids of an embedded category."""
    if columns[0].kind in features.SEQUENTIAL:
        return features.ENCODERS[columns[0].kind].encode(columns[0].statistics, cells[columns[0].name])
    if fact.dtype == IDS:
        return features.encode_ids(columns[0], cells[columns[0].name])
    return features.encode(columns, cells)


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
    found = {
        owner: _settle_input(owner, names, parts, kept, meaning, problems) for owner, names in shares.items()
    }
    return {name: encoding for encodings in found.values() for name, encoding in encodings.items()}


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
    owner: str,
    names: tuple[str, ...],
    parts: Mapping[str, Table],
    kept: Kept,
    meaning: Meaning,
    problems: list[Problem],
) -> Mapping[str, Encoding]:
    """The encodings of what the architecture calls one input; none after a Problem."""
    arrays = [name for name in names if name in parts["train"].arrays]
    if len(names) == 1 and arrays:
        encoding = _settle_array(names[0], parts, kept.parts["train"], meaning, problems)
        return {} if encoding is None else {owner: encoding}
    if arrays:
        problems.append(MixedFeatures(meaning.plan.span, names, arrays[0]))
        return {}
    alone = [name for name in names if meaning.kinds[name].name in features.SEQUENTIAL]
    if alone and len(names) > 1:
        kind, others = meaning.kinds[alone[0]], tuple(name for name in names if name != alone[0])
        problems.append(NeedsOwnInput(kind.span, alone[0], kind.name, others))
        return {}
    return _encodings(owner, _settle_columns(names, parts, kept, meaning, problems))


def _encodings(owner: str, columns: tuple[Column, ...]) -> Mapping[str, Encoding]:
    """One vector of all columns, or a text or a sequence; embedded ones have an input of ids each."""
    dense = tuple(column for column in columns if "embedding" not in column.statistics)
    embedded = {column.name: column for column in columns if "embedding" in column.statistics}
    found: dict[str, Encoding] = {}
    if dense and dense[0].kind in features.SEQUENTIAL:
        is_ids = "vocabulary" in dense[0].statistics
        shape, dtype = ((dense[0].width,), IDS) if is_ids else ((dense[0].width, 1), "float32")
        fact = InputFact(shape, dtype, features=(dense[0].name,))
        found[owner] = Encoding(fact, dense)
    elif dense:
        width = sum(column.width for column in dense)
        names = tuple(column.name for column in dense)
        found[owner] = Encoding(InputFact((width,), "float32", features=names), dense)
    for name, input_name in input_names(dict.fromkeys(embedded, owner)).items():
        fact = InputFact((), IDS, features=(name,), owner=owner)
        found[input_name] = Encoding(fact, (embedded[name],))
    return found


def _settle_columns(
    names: tuple[str, ...],
    parts: Mapping[str, Table],
    kept: Kept,
    meaning: Meaning,
    problems: list[Problem],
) -> tuple[Column, ...]:
    """The facts of columns of cells; none after a Problem."""
    kinds, span, train = meaning.kinds, meaning.plan.span, parts["train"]
    sound = [check_cells(name, kinds[name], table, problems) for table in parts.values() for name in names]
    empty = [name for name in names if missing_in(train.cells[name]).all()]
    problems.extend(NoValues(kinds[name].span, name, "the training split") for name in empty)
    if empty or not all(sound):
        return ()
    columns = tuple(
        features.fit(name, kinds[name], train.cells[name], kept.dropped.get(name, 0)) for name in names
    )
    for part, table in parts.items():
        features.warn_of_unseen(columns, table.cells, part, span, problems)
    return columns


def _settle_array(
    name: str, parts: Mapping[str, Table], source: Table, meaning: Meaning, problems: list[Problem]
) -> Encoding | None:
    written = meaning.roles.features[name]
    span = span_of(name, written, meaning.plan)
    misfits = misfits_of_array(name, written)
    problems += misfits
    if misfits:
        return None
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
    """Whether every present cell is what its kind says; else R526, R527, R581 or R583.

    Args:
        name: of the column.
        kind: of the column, with its options.
        table: that has the column.
        problems: are appended to.
    """
    check = _CHECKS.get(kind.name)
    found = None if check is None else check(name, kind, table)
    if found is not None:
        problems.append(found)
    return found is None


def _check_numbers(name: str, kind: Kind, table: Table) -> Problem | None:
    cells = table.cells[name]
    wrong = not_numbers(cells)
    if len(wrong):
        return NotANumber(kind.span, name, str(cells[wrong[0]]), len(wrong), table.places(wrong))
    scale = str(kind.options.get("scale"))
    lowest = scales.lowest_of(scale)
    below = np.flatnonzero(numbers_of(cells) < lowest) if lowest > -math.inf else np.empty(0, np.int64)
    if len(below):
        cell = str(cells[below[0]])
        return BelowScale(kind.span, name, scale, lowest, cell, len(below), table.places(below))
    return None


def _check_flags(name: str, kind: Kind, table: Table) -> Problem | None:
    cells = table.cells[name]
    wrong = np.flatnonzero(np.isnan(flags_of(cells, kind.pair)) & ~missing_in(cells))
    if not len(wrong):
        return None
    values = (*kind.pair, *distinct(cells[wrong]))
    return NotAFlag(kind.span, name, values, len(values), table.places(wrong))


def _check_dates(name: str, kind: Kind, table: Table) -> Problem | None:
    cells, format = table.cells[name], str(kind.options["format"])
    wrong: Rows = np.flatnonzero(
        each(cells, lambda text: bool(text) and dates.parsed(text, format) is None, np.bool_)
    )
    if not len(wrong):
        return None
    return NotADate(kind.span, name, str(cells[wrong[0]]), format, len(wrong), table.places(wrong))


def _check_steps(name: str, kind: Kind, table: Table) -> Problem | None:
    if kind.options["of"] != features.NUMBER:
        return None
    cells, separator = table.cells[name], str(kind.options["separator"])
    wrong = rows_without_numbers(cells, separator)
    if len(wrong):
        (step, *_) = (one for one in steps_in(str(cells[wrong[0]]), separator) if not is_finite_number(one))
        return NotANumber(kind.span, name, step, len(wrong), table.places(wrong))
    scale = str(kind.options["scale"])
    lowest = scales.lowest_of(scale)
    if lowest == -math.inf:
        return None
    length = int(str(kind.options["length"]))
    least = np.nanmin(numbers_of_steps(cells, separator, length), axis=1, initial=math.inf)
    below = np.flatnonzero(least < lowest)
    if len(below):
        return BelowScale(
            kind.span, name, scale, lowest, str(least[below[0]]), len(below), table.places(below)
        )
    return None


_CHECKS: Mapping[str, Callable[[str, Kind, Table], Problem | None]] = MappingProxyType(
    {"number": _check_numbers, "flag": _check_flags, "date": _check_dates, SEQUENCE: _check_steps}
)
