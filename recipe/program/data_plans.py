"""The section `data` as a plan of what to read; needs no facts."""

from collections.abc import Collection, Mapping

from recipe.catalog.calls import Call, Value, Written
from recipe.catalog.data_sections import OTHERS
from recipe.diagnostics.conflicts import Exclusive
from recipe.diagnostics.conflicts_runs import SourcesOverlap
from recipe.diagnostics.data_splits import NoSuchFold, SplitsExclude, SplitTooLarge
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span
from recipe.program.facts import Facts
from recipe.program.plans import DataPlan, Split
from recipe.program.roles import refuse_written_roles
from recipe.program.sections import section, tuple_of
from recipe.program.seeds import derive

PARTS = ("source", "train", "validation", "test")


def data_plan(spec: Call, seed: int, problems: list[Problem]) -> DataPlan:
    """What to read.

    Args:
        spec: the checked spec.
        seed: the root seed.
        problems: where conflicts go.
    """
    data = section(spec, "data")
    sources = {name: call for name in PARTS if (call := data.get(name))}
    parts = {name: call for name, call in sources.items() if isinstance(call, Call)}
    if ("source" in parts and len(parts) > 1) or not ("source" in parts or "train" in parts):
        problems.append(SourcesOverlap(data.origin.span, tuple(parts)))
    split, ignore = section(data, "split"), data.get("ignore")
    for part in ("validation", "test"):
        if part in parts and split[part]:
            source, share = data.span_of(part), split.span_of(part)
            problems.append(Exclusive(share, "data", f"split.{part}", part, source))
    check_split(split, parts, problems)
    plan = DataPlan(
        sources=parts,
        targets=kinds_written(data.get("target")),
        features=kinds_written(data.get("features")),
        ignore=tuple(str(name) for name in tuple_of(ignore)) if ignore != OTHERS else (),
        missing=str(data["missing"]),
        split=_split(split),
        seed=derive(seed, "split"),
        span=data.origin.span,
        inputs=_inputs(spec.get("architecture")),
        ignores_others=ignore == OTHERS,
        weight=str(data["weight"]) if "weight" in data else None,
        spans={name: data.span_of(name) for name in ("target", "ignore", "weight")}
        | {name: split.span_of(name) for name in ("group", "time")}
        | _columns_written(data, "target")
        | _columns_written(data, "features"),
    )
    refuse_written_roles(plan, problems)
    if plan.split.takes_all:
        problems.append(SplitTooLarge(plan.split.span, plan.split.validation, plan.split.test))
    return plan


def _inputs(architecture: Value) -> Mapping[str, Span | None]:
    """The names of the inputs that the architecture declares, each with where it was written."""
    if not isinstance(architecture, Call):  # it was refused, and the data are looked at all the same
        return {}
    written = architecture.get("inputs")
    inputs = written if isinstance(written, Mapping) else {}
    lone = architecture.span_of("inputs")
    return {name: one.origin.span if isinstance(one, Call) else lone for name, one in inputs.items()}


def _columns_written(data: Call, key: str) -> dict[str, Span | None]:
    """Where the names of columns stand, by `key.column`."""
    value = data.get(key)
    names = value.key_spans if isinstance(value, Written) else {}
    return {f"{key}.{name}": span for name, span in names.items()}


def kinds_written(written: Value) -> Mapping[str, Call | None]:
    """The kind of every column that is named; None where it is to be inferred."""
    if isinstance(written, str):
        return {written: None}
    kinds = written if isinstance(written, Mapping) else {}
    return {name: call for name, call in kinds.items() if isinstance(call, Call)}


def _split(split: Call) -> Split:
    def share(name: str) -> float | int:
        value = split[name]
        return value if isinstance(value, int | float) else 0.0

    def column(name: str) -> str | None:
        return None if split[name] is None else str(split[name])

    def count(name: str) -> int:
        value = split[name]
        return value if isinstance(value, int) else 0

    return Split(
        share("validation"),
        share("test"),
        split["stratified"] is True,
        column("group"),
        split.origin.span,
        column("time"),
        count("folds"),
        count("fold"),
    )


# Ways to divide of which only one can be kept.
_EXCLUSIVE = (("time", "group"), ("time", "stratified"), ("time", "folds"), ("folds", "test"))


def check_split(split: Call, sources: Collection[str], problems: list[Problem]) -> None:
    """Refuse keys of a split that exclude each other, and a fold that is none of the folds; R546, R547."""
    for first, second in _EXCLUSIVE:
        if split[first] and split[second]:
            problems.append(SplitsExclude(split.span_of(second), f"split.{first}", f"split.{second}"))
    if split["folds"] and "test" in sources:
        problems.append(SplitsExclude(split.span_of("folds"), "test", "split.folds"))
    fold, folds = split["fold"], split["folds"]
    if isinstance(fold, int) and not (isinstance(folds, int) and fold <= folds):
        problems.append(NoSuchFold(split.span_of("fold"), fold, folds if isinstance(folds, int) else 0))


def has_validation(data: DataPlan, facts: Facts | None) -> bool:
    """Whether a part of the data is validated on."""
    if facts is not None:
        return "validation" in facts.examples
    return "validation" in data.sources or data.split.validation > 0
