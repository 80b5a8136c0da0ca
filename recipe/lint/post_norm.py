"""Norms on the residual stream."""

from collections.abc import Iterator, Mapping

from recipe.catalog.calls import Call
from recipe.diagnostics.lint_norms import PostNormWithoutWarmup
from recipe.lint.graphs import lone_feeder
from recipe.program.graphs import Layer
from recipe.program.programs import Program

STREAM_NORMS = frozenset({"LayerNormalization", "RMSNormalization"})
ADD = "Add"


def post_norm_without_warmup(program: Program) -> Iterator[PostNormWithoutWarmup]:
    """L212: the first norm through which the whole residual stream passes, in a run without warm-up."""
    if _warms_up(program):
        return
    layers, followers = program.graph.by_name, program.graph.followers
    for norm in program.graph.layers:
        if norm.call.name not in STREAM_NORMS:
            continue
        feeder = lone_feeder(norm, layers)
        if feeder is None or feeder.call.name != ADD:
            continue
        if len(followers[feeder.name]) == 1 and _goes_on(norm, followers):
            yield PostNormWithoutWarmup(norm.span, norm.name, feeder.name)
            return


def _goes_on(norm: Layer, followers: Mapping[str, tuple[Layer, ...]]) -> bool:
    """Whether a norm's output is both added to and branched from: it is the stream itself."""
    after = followers.get(norm.name, ())
    return len(after) > 1 and any(layer.call.name == ADD for layer in after)


def _warms_up(program: Program) -> bool:
    schedule = program.schedule
    before = schedule.get("after") if schedule is not None else None
    schedule = before if isinstance(before, Call) else schedule
    if schedule is None:
        return False
    phases = schedule.get("phases")
    first = phases[0] if isinstance(phases, tuple) else schedule
    start = first.get("start") if isinstance(first, Call) else None
    rises = isinstance(start, int | float) and start < 1
    return rises or schedule.name.startswith("warmup_") or bool(schedule.get("warmup_steps"))
