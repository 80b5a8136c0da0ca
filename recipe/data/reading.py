"""From the plan of the data to encoded arrays and facts."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from recipe.catalog.calls import Call
from recipe.data.assembly import assemble
from recipe.data.cells import names_of, texts_of
from recipe.data.datasets import Dataset
from recipe.data.derived import with_derived, written
from recipe.data.kinds import settle_kinds
from recipe.data.labels import LABELS
from recipe.data.meanings import Meaning
from recipe.data.missing import Kept, settle_missing
from recipe.data.roles import Roles, settle_roles
from recipe.data.sequences import Reading, set_aside
from recipe.data.sources.readers import module_of
from recipe.data.splits import divide
from recipe.data.steps import SEQUENCE
from recipe.data.tables import Table, Texts
from recipe.data.times import Times, times_of
from recipe.diagnostics.data import UnknownColumn
from recipe.diagnostics.data_rows import TooFewRows
from recipe.diagnostics.data_splits import GroupedAndStratified, NoClasses, NoTraining
from recipe.diagnostics.problems import Problem, errors
from recipe.program.plans import DataPlan, Split

PARTS = ("train", "validation", "test")
_SEVERAL = (LABELS, SEQUENCE)  # kinds that are several classes of one example
NO_SPLIT = Split(validation=0, test=0, stratified=False, group=None)


@dataclass(frozen=True, slots=True)
class Found:
    """Tables that were read and divided, with the meaning of their columns, before anything is encoded.

    Args:
        sources: as they were read.
        kept: the sources without the rows that were dropped.
        parts: `train`, and `validation` and `test` where they exist.
        meaning: of the columns.
    """

    sources: Mapping[str, Table]
    kept: Kept
    parts: Mapping[str, Table]
    meaning: Meaning

    def encoded(self, problems: list[Problem]) -> Dataset | None:
        """The splits as a network takes them; None after a Problem."""
        return assemble(self.parts, self.kept, self.meaning, _fingerprint(self.sources), problems)


def read(plan: DataPlan, problems: list[Problem], given: Mapping[str, Any] | None = None) -> Dataset | None:
    """Read, split and encode data; see `find`."""
    found = find(plan, problems, given)
    return None if found is None else found.encoded(problems)


def find(plan: DataPlan, problems: list[Problem], given: Mapping[str, Any] | None = None) -> Found | None:
    """Read and divide data.

    Kinds and classes come from all rows of the training source, statistics from its training split only.

    Args:
        plan: what to read, and how.
        problems: R5xx are appended, warnings among them.
        given: arrays that a Python program gives to its sources, by name.

    Returns:
        The tables by split; None when there is an error.
    """
    before = len(errors(problems))
    sources = _read_sources(plan, problems, given)
    sources = None if sources is None else _with_targets(sources, plan, problems)
    if sources is None:
        return None
    train = sources["train"]
    roles = settle_roles(plan, train, problems)
    if roles is None or not _all_have(sources, roles, plan, problems):
        return None
    meaning = Meaning(plan, roles, settle_kinds(roles, train, plan, problems))
    kept = settle_missing(sources, meaning, problems)
    if kept is None or len(errors(problems)) > before:
        return None
    parts = _divided(kept.parts, meaning, problems)
    return None if parts is None else Found(sources, kept, parts, meaning)


def _read_sources(
    plan: DataPlan, problems: list[Problem], given: Mapping[str, Any] | None
) -> dict[str, Table] | None:
    """A table for every part that has a source of its own; the one source is called `train`."""
    calls = {"train" if part == "source" else part: call for part, call in plan.sources.items()}
    if "train" not in calls:
        problems.append(NoTraining(plan.span, tuple(calls)))
        return None
    tables: dict[str, Table | None] = {}
    for part in PARTS:
        if part in calls:
            split = set_aside(plan.split if part == "train" else NO_SPLIT, calls, plan.span)
            reading = Reading(part, split, tables.get("train"))
            tables[part] = _read_source(calls[part], reading, problems, given)
    found = {part: table for part, table in tables.items() if table is not None}
    if "train" in found and len(found["train"]) == 1:
        problems.append(TooFewRows(calls["train"].origin.span, found["train"].name))
        return None
    return found if len(found) == len(tables) else None


def _with_targets(
    sources: Mapping[str, Table], plan: DataPlan, problems: list[Problem]
) -> dict[str, Table] | None:
    """The tables with the targets that are made of their columns."""
    made = written(plan.targets)
    tables = {part: with_derived(table, made, problems) for part, table in sources.items()}
    found = {part: table for part, table in tables.items() if table is not None}
    return found if len(found) == len(tables) else None


def _read_source(
    call: Call, reading: Reading, problems: list[Problem], given: Mapping[str, Any] | None
) -> Table | None:
    """The table that the module of a source reads; its catalog row names the module."""
    source = module_of(call)
    table: Table | None
    if given is not None and hasattr(source, "read_given"):
        table = source.read_given(call, given, problems)
    elif hasattr(source, "read_part"):
        table = source.read_part(call, reading, problems)
    else:
        table = source.read(call, problems)
    return table


def _all_have(sources: dict[str, Table], roles: Roles, plan: DataPlan, problems: list[Problem]) -> bool:
    """Whether every separate source has the columns of the training source.

    An array or a target that a source declares itself may have another name there (`x_test`, `y_test`); it is
    renamed.
    """
    train = sources["train"]
    sound = True
    for part, table in sources.items():
        sources[part] = table = _renamed(table, train)
        for name in (*roles.targets, *roles.features, *((roles.weight,) if roles.weight else ())):
            if name not in table.columns:
                span = plan.sources[part].origin.span if part in plan.sources else plan.span
                problems.append(UnknownColumn(span, table.name, name, f"`data.{part}`", table.columns))
                sound = False
    return sound


def _renamed(table: Table, train: Table) -> Table:
    """A separate source of arrays, with the names of the training source."""
    if not table.arrays or len(table.arrays) != len(train.arrays) or len(table.targets) != len(train.targets):
        return table
    arrays = dict(zip(train.arrays, table.arrays.values(), strict=True))
    names = dict(zip(table.targets, train.targets, strict=True))
    return replace(table.renamed(names), arrays=arrays, targets=train.targets)


def _divided(
    tables: Mapping[str, Table], meaning: Meaning, problems: list[Problem]
) -> dict[str, Table] | None:
    """A table for every part: those that are given, and the rest split from the training source."""
    split = set_aside(meaning.plan.split, tables, meaning.plan.span)
    train = tables["train"]
    if train.parts:
        own = {part: train.take(rows) for part, rows in train.parts.items()}
        return {part: {**tables, **own}[part] for part in PARTS if part in tables or part in own}
    before = len(problems)
    keys = _keys(train, split, meaning, problems)
    times = _times(train, split, meaning, problems)
    if len(problems) > before:
        return None
    rows = divide(len(train), split, meaning.plan.seed, keys, problems, times)
    if rows is None:
        return None
    parts = {**tables, **{part: train.take(rows[part]) for part in rows}}
    return {part: parts[part] for part in PARTS if part in parts}


def _keys(train: Table, split: Split, meaning: Meaning, problems: list[Problem]) -> Texts | None:
    """The groups, or the classes of the first target that has any, as the split asks for."""
    if split.group is not None:
        if split.stratified:
            problems.append(GroupedAndStratified(split.span, split.group))
        return texts_of(train.cells[split.group])
    if not split.stratified:
        return None
    columns = (name for name in meaning.roles.targets if name in meaning.kinds)
    classes = [name for name in columns if meaning.kinds[name].name not in ("number", *_SEVERAL)]
    if not classes:
        first = next(iter(meaning.roles.targets))
        kind = meaning.kinds[first].name if first in meaning.kinds else "number"
        found = kind if kind == LABELS else f"a {kind}"
        problems.append(NoClasses(split.span, first, found))
        return None
    return names_of(train.cells[classes[0]])


def _times(train: Table, split: Split, meaning: Meaning, problems: list[Problem]) -> Times | None:
    """When every row was, as the split asks for."""
    if split.time is None:
        return None
    kind = meaning.kinds.get(split.time)
    format = kind.options.get("format") if kind is not None else None
    return times_of(train, split.time, format, split.span, problems)


def _fingerprint(sources: Mapping[str, Table]) -> str:
    """Sha256 over what was read, part by part; paths do not count."""
    content = "\n".join(f"{part} {sources[part].digest}" for part in sorted(sources))
    return hashlib.sha256(content.encode()).hexdigest()
