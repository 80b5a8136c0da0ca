"""Norms on the residual stream."""

from collections.abc import Iterator, Mapping

from recipe.diagnostics.lint_norms import PostNormWithoutWarmup
from recipe.lint.graphs import by_name, lone_feeder
from recipe.program.programs import Layer, Program

STREAM_NORMS = frozenset({"LayerNormalization", "RMSNormalization"})
ADD = "Add"


def post_norm_without_warmup(program: Program) -> Iterator[PostNormWithoutWarmup]:
    """L212: the first norm through which the whole residual stream passes, in a run without warm-up."""
    if _warms_up(program):
        return
    layers, followers = by_name(program.graph), program.graph.followers()
    for norm in program.graph.layers:
        feeder = lone_feeder(norm, layers)
        if norm.call.name not in STREAM_NORMS or feeder is None or feeder.call.name != ADD:
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
    if schedule is None:
        return False
    return schedule.name.startswith("warmup_") or bool(schedule.get("warmup_steps"))
