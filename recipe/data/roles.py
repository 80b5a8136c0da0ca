"""Which column plays which role: target, feature, group, or none."""

from collections.abc import Mapping
from dataclasses import dataclass

from recipe.catalog.calls import Call
from recipe.data import derived
from recipe.data.tables import Table
from recipe.diagnostics.data import NoFeatures, NoTarget, UnknownColumn
from recipe.diagnostics.data_kinds import TellsTarget
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span
from recipe.program.plans import DataPlan
from recipe.program.roles import SAME, refuse_two_roles, span_of

SERIES = "series"  # the source that gives a window and a horizon, whatever the columns of its file
# Roles that only a column of cells can play.
_OF_CELLS = ("`data.split.group`", "`data.split.time`", "`data.weight`")


@dataclass(frozen=True, slots=True)
class Roles:
    """Columns by role.

    Args:
        targets: kind Call by column, None where the kind is to be inferred.
        features: likewise, in the order of the source, which is that of the encoded vector.
        group: column that decides the split; is a feature only when it is listed as one.
        time: likewise.
        weight: column that says how much each example counts; is no feature.
    """

    targets: Mapping[str, Call | None]
    features: Mapping[str, Call | None]
    group: str | None
    time: str | None
    weight: str | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns that are read."""
        further = (name for name in (self.group, self.time, self.weight) if name)
        columns = (*self.targets, *self.features, *further)
        return tuple(dict.fromkeys(columns))


def settle_roles(plan: DataPlan, table: Table, problems: list[Problem]) -> Roles | None:
    """The roles that a plan gives to the columns of its training table; None after a Problem.

    Args:
        plan: of the data.
        table: of the training source.
        problems: R520 to R523 are appended.
    """
    targets = plan.targets or dict.fromkeys(table.targets)
    written = plan.features
    group, time = plan.split.group, plan.split.time
    before = len(problems)
    _refuse_unknown(plan, table, problems)
    own = [name for name, kind in targets.items() if not _is_feature_too(name, kind, table)]
    refuse_two_roles(own, plan, problems)
    if not targets:
        problems.append(NoTarget(plan.span, table.name, table.columns))
    if len(problems) > before:
        return None
    told = {one.column: one.name for one in derived.written(plan.targets)}
    telling = [name for name in written if name in told and name not in targets]
    for name in telling:
        problems.append(TellsTarget(span_of(name, written[name], plan), name, told[name]))
    if telling:
        return None
    others = table.columns if plan.ignores_others else ()
    taken = {*own, *told, *plan.ignore, group, time, plan.weight, *others} - set(written)
    features = {name: written.get(name) for name in table.columns if name not in taken}
    if not features:
        problems.append(NoFeatures(plan.span, table.name))
        return None
    return Roles(targets, features, group, time, plan.weight)


def _is_feature_too(name: str, kind: Call | None, table: Table) -> bool:
    """Whether a target is a feature as well: the next token of a text, or what an autoencoder says again."""
    return name in table.arrays and (table.arrays[name].later > 0 or (kind is not None and kind.name == SAME))


def _refuse_unknown(plan: DataPlan, table: Table, problems: list[Problem]) -> None:
    written: list[tuple[str, str, Span | None]] = [
        *(
            (name, "`data.target`", _span_of_name(name, kind, "target", plan))
            for name, kind in plan.targets.items()
        ),
        *(
            (name, "`data.features`", _span_of_name(name, kind, "features", plan))
            for name, kind in plan.features.items()
        ),
        *((name, "`data.ignore`", plan.span_of("ignore")) for name in plan.ignore),
    ]
    if plan.split.group is not None:
        written.append((plan.split.group, "`data.split.group`", plan.span_of("group")))
    if plan.split.time is not None:
        written.append((plan.split.time, "`data.split.time`", plan.span_of("time")))
    if plan.weight is not None:
        written.append((plan.weight, "`data.weight`", plan.span_of("weight")))
    is_series = any(source.name == SERIES for source in plan.sources.values())
    for name, role, span in written:
        known = tuple(table.cells) if role in _OF_CELLS else table.columns
        if name not in known:
            problems.append(UnknownColumn(span, table.name, name, role, known, is_series))


def _span_of_name(name: str, kind: Call | None, key: str, plan: DataPlan) -> Span | None:
    """Where the name of a column was written."""
    return plan.spans.get(f"{key}.{name}") or span_of(name, kind, plan)
