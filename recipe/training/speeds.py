"""How fast a run was, and what kept it from being faster."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from recipe.compiler.compiling import Compiled
from recipe.compiler.flops import TRAINING_FACTOR
from recipe.compiler.memory import traffic
from recipe.compiler.networks import LayerRow
from recipe.diagnostics.spans import Span
from recipe.program.programs import Program, Runtime
from recipe.program.sections import section
from recipe.training.peaks import PROBE_SECONDS, Peak, known_peak, measure_peak
from recipe.training.timing import Timing

# Below this share of its roof, no resource is what bounds a run: it starts many small operations.
LEAST_SHARE = 0.25
# Arrays of a step that a cache holds never reach the memory.
CACHED_BYTES = 2**25
# Measuring the peak costs at most a tenth of a run; once more, at most a hundredth, since other work on the
# machine may have been in the way.
_FIRST_AFTER_SECONDS = 10 * PROBE_SECONDS
_AGAIN_AFTER_SECONDS = 100 * PROBE_SECONDS


@dataclass(frozen=True, slots=True)
class Speed:
    """How fast a run was.

    Args:
        examples_per_second: while it trained, without validation and compilation.
        step_seconds_p50: median time of an update.
        step_seconds_p95: that 95 % of the updates do not exceed.
        input_share: of the time, spent waiting for examples.
        flops_per_second: reached, as `recipe.compiler.flops` counts; None where a layer's cost is not known.
        peak_flops_per_second: measured on this machine with products of matrices; None when it was not.
        utilization: the one divided by the other (MFU: Chowdhery et al., arXiv 2204.02311, appendix B).
        bound: `launch`, `memory`, `compute` or `input`; None when that is not known.
        change: the path of the spec that would change it.
        layer: that costs most, where the bound is `compute`.
        source: file of the value at that path.
        line: its line.
    """

    examples_per_second: float
    step_seconds_p50: float
    step_seconds_p95: float
    input_share: float
    flops_per_second: float | None = None
    peak_flops_per_second: float | None = None
    utilization: float | None = None
    bound: str | None = None
    change: str | None = None
    layer: str | None = None
    source: str | None = None
    line: int | None = None


def measured_speed(compiled: Compiled, timing: Timing) -> Speed | None:
    """The speed of a run; None when it was over before it could be measured.

    Args:
        compiled: what was trained.
        timing: of its blocks.
    """
    median, slow = timing.step_seconds(0.5), timing.step_seconds(0.95)
    if median is None or slow is None:
        return None
    spent = timing.seconds + timing.waited
    rate, waiting = timing.examples / spent, timing.waited / spent
    runtime = compiled.program.runtime
    peak = _peak(runtime, spent)
    costs = [row.flops for row in compiled.layers]
    known = None not in costs
    flops = TRAINING_FACTOR * rate * sum(cost or 0 for cost in costs) if known else None
    shares = {"input": waiting, **_shares(compiled, rate, flops, peak)}
    bound = bounding(shares) if len(shares) > 1 or waiting >= LEAST_SHARE else None
    change, layer, span = _advice(bound, compiled)
    return Speed(
        examples_per_second=rate,
        step_seconds_p50=median,
        step_seconds_p95=slow,
        input_share=waiting,
        flops_per_second=flops,
        peak_flops_per_second=None if peak is None else peak.flops_per_second,
        utilization=flops / peak.flops_per_second if flops is not None and peak is not None else None,
        bound=bound,
        change=change,
        layer=layer,
        source=None if span is None else span.source,
        line=None if span is None else span.line,
    )


def _peak(runtime: Runtime, spent: float) -> Peak | None:
    known = known_peak(runtime)
    affordable = _AGAIN_AFTER_SECONDS if known else _FIRST_AFTER_SECONDS
    return measure_peak(runtime) if spent >= affordable else known


def _shares(compiled: Compiled, rate: float, flops: float | None, peak: Peak | None) -> Mapping[str, float]:
    """How near a run comes to the roofs of this machine (Williams et al., Roofline, 2009)."""
    if flops is None or peak is None:
        return {}
    batch = int(str(compiled.program.training.batch_size))
    kept = batch * sum(row.kept_bytes or 0 for row in compiled.layers)
    moved = traffic(kept, compiled.model, compiled.optimizer.variables)
    through_memory = 0 if moved <= CACHED_BYTES else moved * rate / batch / peak.bytes_per_second
    return {"compute": flops / peak.flops_per_second, "memory": through_memory}


def bounding(shares: Mapping[str, float]) -> str:
    """The name of the largest share; `launch` when none is large.

    >>> bounding({"input": 0.01, "compute": 0.6, "memory": 0.3}), bounding({"input": 0.02, "compute": 0.1})
    ('compute', 'launch')
    """
    name = max(shares, key=lambda each: shares[each])
    return name if shares[name] >= LEAST_SHARE else "launch"


Place = tuple[str, str | None, Span | None]


def _costliest(compiled: Compiled) -> Place:
    def cost(row: LayerRow) -> int:
        return row.flops or 0

    row = max(compiled.layers, key=cost)
    return "architecture", row.name, row.span


def _written_at(name: str, key: str) -> Callable[[Compiled], Place]:
    def place(compiled: Compiled) -> Place:
        return f"{name}.{key}", None, _span(compiled.program, name, key)

    return place


def _span(program: Program, name: str, key: str) -> Span | None:
    return section(program.spec, name).span_of(key)


# What to change in the spec, by what bounds the run.
CHANGES: Mapping[str, Callable[[Compiled], Place]] = MappingProxyType(
    {
        "launch": _written_at("training", "batch_size"),
        "memory": _written_at("runtime", "precision"),
        "compute": _costliest,
        "input": lambda compiled: ("data", None, compiled.program.data.span),
    }
)


def _advice(bound: str | None, compiled: Compiled) -> Place | tuple[None, None, None]:
    return (None, None, None) if bound is None else CHANGES[bound](compiled)
