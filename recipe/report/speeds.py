"""How fast a run was and what bounds it, in words."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from recipe.report.tables import scaled_text

_BOUNDS: Mapping[str, str] = MappingProxyType(
    {
        "launch": "launching small operations; a larger `{change}`{place} does more in each",
        "memory": "reading and writing memory; a 16 bit `{change}`{place} halves the bytes",
        "compute": "products of matrices, most of all in `{layer}`{place}",
        "input": "waiting for examples; see `{change}`{place}",
    }
)


def speed_facts(speed: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Facts of a finished run, each with its key.

    Args:
        speed: from `status.json`.
    """
    parts = [
        f"{speed['examples_per_second']:,.0f} examples/s",
        f"{_time(speed['step_seconds_p50'])} a step (p95 {_time(speed['step_seconds_p95'])})",
    ]
    if speed["flops_per_second"] is not None:
        reached = f"{scaled_text(speed['flops_per_second'])}FLOP/s"
        share = speed["utilization"]
        parts.append(reached if share is None else f"{reached}, {share:.0%} of this machine's peak")
    parts.append(f"{speed['input_share']:.0%} waiting for input")
    yield "speed", ", ".join(parts)
    if speed["bound"] is not None:
        place = f" ({speed['source']}:{speed['line']})" if speed["line"] is not None else ""
        words = _BOUNDS[speed["bound"]].format(change=speed["change"], layer=speed["layer"], place=place)
        yield "bound by", words


def _time(seconds: float) -> str:
    """A short time in its own unit.

    >>> _time(0.00018), _time(0.0123), _time(2.5)
    ('180 µs', '12.3 ms', '2.5 s')
    """
    if seconds < 1e-3:
        return f"{1e6 * seconds:.3g} µs"
    return f"{1e3 * seconds:.3g} ms" if seconds < 1 else f"{seconds:.3g} s"
