"""What a plan says of costs: operations, memory and time."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from recipe.report.tables import bytes_text, duration_text, scaled_text

_PARTS: Mapping[str, str] = MappingProxyType(
    {
        "weights": "weights",
        "compute_weights": "their copies at the precision of the products",
        "gradients": "gradients",
        "optimizer": "optimizer",
        "activations": "activations (about)",
        "data": "data",
    }
)


def cost_facts(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Facts about costs, each with its key.

    Args:
        data: from `plan_data`.
    """
    flops, memory, time = data["flops"], data["memory"], data["time"]
    step, run = scaled_text(flops["step"]), scaled_text(flops["run"])
    yield "operations", f"{step}FLOP a step, {run}FLOP in all"
    if flops["uncounted"]:
        yield "", f"without those of {', '.join(flops['uncounted'])}, which are not known"
    where = f" on each of {memory['devices']} devices" if memory["devices"] > 1 else ""
    words = {**_PARTS, "data": "blocks of streamed data"} if memory["streams"] else _PARTS
    parts = [f"{word} {bytes_text(memory[part])}" for part, word in words.items() if memory[part]]
    yield "memory", f"{bytes_text(memory['total'])}{where}: {', '.join(parts)}"
    if memory["in_float32"] is not None:
        yield "", f"in float32 it would be {bytes_text(memory['in_float32'])}"
    if time is not None:
        spent = f"{duration_text(3600 * time['hours'])} at {time['speed']}"
        yield "time", f"{spent}, {time['device_hours']:,.3g} device-hours"
