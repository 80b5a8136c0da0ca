"""Short ways to write what the resolver would hand to the data floor."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from recipe.catalog.calls import Argument, Call, Origin, Value
from recipe.diagnostics.spans import Span
from recipe.program.plans import DataPlan, Split

SPAN = Span("spec.yaml", 3, 5, 3, 9)
WHOLE = Split(validation=0, test=0, stratified=False, group=None)


def source(name: str, /, **arguments: Value) -> Call:
    values = {key: Argument(value, Origin(SPAN)) for key, value in arguments.items()}
    return Call(name, f"recipe.data.sources.{name}", values, Origin(SPAN))


def csv_source(
    path: Path | str, separator: str | None = None, encoding: str = "utf-8", header: bool | None = None
) -> Call:
    return source("csv", path=str(path), separator=separator, encoding=encoding, header=header)


def npz_source(
    path: Path | str, features: str | tuple[str, ...] = "x", target: str | tuple[str, ...] = "y"
) -> Call:
    return source("npz", path=str(path), features=features, target=target)


def kind(name: str, missing: str | None = None, **options: Value) -> Call:
    values = {"missing": missing, **options}
    return Call(
        name,
        f"recipe:{name}",
        {key: Argument(value, Origin(None)) for key, value in values.items()},
        Origin(SPAN),
    )


def plan_of(
    sources: Call | Mapping[str, Call],
    target: str | Mapping[str, Call | None] = "",
    *,
    features: Mapping[str, Call | None] | None = None,
    ignore: Sequence[str] = (),
    missing: str = "error",
    split: Split = WHOLE,
    seed: int = 1,
    inputs: Sequence[str] = (),
    ignores_others: bool = False,
) -> DataPlan:
    return DataPlan(
        sources={"source": sources} if isinstance(sources, Call) else sources,
        targets=({target: None} if target else {}) if isinstance(target, str) else target,
        features=features or {},
        ignores_others=ignores_others,
        ignore=tuple(ignore),
        missing=missing,
        split=split,
        seed=seed,
        span=SPAN,
        inputs=dict.fromkeys(inputs, SPAN),
    )
