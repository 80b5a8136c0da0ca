"""Divided tables to encoded arrays: statistics of the training split, then every part the same way."""

from collections.abc import Mapping
from dataclasses import replace

from recipe.data import array_targets, derived, masks, targets, weights
from recipe.data.datasets import Array, Arrays, Dataset
from recipe.data.encoded import encoded
from recipe.data.inputs import settle_inputs
from recipe.data.meanings import Meaning
from recipe.data.measures import measured, repeated
from recipe.data.missing import Kept
from recipe.data.steps import SEQUENCE
from recipe.data.tables import Table
from recipe.data.written_kinds import MASK, misfits_of_array
from recipe.diagnostics.problems import Problem, errors
from recipe.program.facts import Facts, Target
from recipe.program.roles import span_of


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

    Raises:
        PackError: R622 or R623 for the cache, where a part is packed.
    """
    before = len(errors(problems))
    learned = _settle_targets(parts, kept.parts["train"], meaning, problems)
    encodings = settle_inputs(parts, kept, meaning, problems)
    weight, span = meaning.roles.weight, meaning.plan.span_of("weight")
    weighed = weights.settle(weight, parts, span, problems) if weight else {}
    if len(errors(problems)) > before:
        return None
    splits = {
        part: Arrays(
            encoded(part, encodings, table, problems),
            {target.name: _answers(target, table) for target in learned},
            table.rows,
            table.shifts if part == "train" else 1,
            weighed.get(part),
        )
        for part, table in parts.items()
    }
    examples = {part: len(arrays) for part, arrays in splits.items()}
    inputs = {name: encoding.fact for name, encoding in encodings.items()}
    columns = tuple(column for encoding in encodings.values() for column in encoding.columns)
    columns = measured(columns, parts["train"], learned[0])
    again = repeated(parts, (*meaning.roles.features, *meaning.roles.targets))
    counting = weights.fact_of(weight, weighed["train"]) if weight else None
    facts = Facts(examples, inputs, columns, tuple(learned), fingerprint, again, counting)
    return Dataset(facts, splits)


def _answers(target: Target, table: Table) -> Array:
    if target.name in table.arrays:
        return array_targets.encode(target, table.arrays[target.name].answers)
    return targets.encode(target, table.cells[target.name])


def _settle_targets(
    parts: Mapping[str, Table], source: Table, meaning: Meaning, problems: list[Problem]
) -> list[Target]:
    found = []
    for name in meaning.roles.targets:
        settle = _settle_array if name in source.arrays else _settle_column
        found.append(settle(name, parts, source, meaning, problems))
    return [target for target in found if target is not None]


def _settle_column(
    name: str, parts: Mapping[str, Table], source: Table, meaning: Meaning, problems: list[Problem]
) -> Target | None:
    kind = meaning.kinds[name]
    target = targets.settle_classes(name, kind, source.cells[name], problems)
    if target is None:
        return None
    made = {one.name: one for one in derived.written(meaning.plan.targets)}.get(name)
    if made is not None:
        target = replace(target, column=made.column, above=made.above)
    sound = [targets.check(target, table, part, kind.span, problems) for part, table in parts.items()]
    if target.is_sequence:
        seen = _sequences(meaning)
        sound += [targets.check_steps(target, seen, table, kind.span, problems) for table in parts.values()]
    return targets.fit(target, parts["train"].cells[name]) if all(sound) else None


def _sequences(meaning: Meaning) -> Mapping[str, str]:
    """What parts the steps of the features that are sequences."""
    kinds = {name: meaning.kinds[name] for name in meaning.roles.features if name in meaning.kinds}
    return {name: str(kind.options["separator"]) for name, kind in kinds.items() if kind.name == SEQUENCE}


def _settle_array(
    name: str, parts: Mapping[str, Table], source: Table, meaning: Meaning, problems: list[Problem]
) -> Target | None:
    written = meaning.roles.targets[name]
    kind, span = None if written is None else written.name, span_of(name, written, meaning.plan)
    misfits = misfits_of_array(name, written)
    problems += misfits
    if misfits:
        return None
    images = [source.arrays[one] for one in meaning.roles.features if one in source.arrays]
    if kind == MASK or (written is None and masks.looks_like_mask(source.arrays[name], images)):
        return _settle_mask(name, parts, source, meaning, problems)
    target = array_targets.settle(name, kind, source.arrays[name], span, problems)
    if target is None:
        return None
    sound = [array_targets.check(target, table, part, span, problems) for part, table in parts.items()]
    return array_targets.fit(target, parts["train"].arrays[name].answers) if all(sound) else None


def _settle_mask(
    name: str, parts: Mapping[str, Table], source: Table, meaning: Meaning, problems: list[Problem]
) -> Target | None:
    written = meaning.roles.targets[name]
    span = span_of(name, written, meaning.plan)
    target = masks.settle(name, written, source.arrays[name], span, problems)
    if target is None:
        return None
    sound = [masks.check(target, table, part, span, problems) for part, table in parts.items()]
    return masks.fit(target, parts["train"].arrays[name].values, span, problems) if all(sound) else None
