"""What a plan says of updates: groups of weights, clipping, penalties, averages."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

_CLIPPED: Mapping[str, str] = MappingProxyType(
    {
        "global_norm": "global norm of the gradient at most {}",
        "norm": "norm of the gradient of each weight at most {}",
        "value": "each number of the gradient at most {}",
        "adaptive": "norm of the gradient of each unit at most {} of that of its weights, heads left out",
    }
)


def update_facts(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Facts about updates, each with its key; nothing of what the spec does not ask for.

    Args:
        data: from `plan_data`.
    """
    for index, line in enumerate(data["groups"]):
        yield ("groups" if index == 0 else ""), line
    if data["penalties"]:
        told = data["penalties"]
        yield "penalty", f"{told['spelled']} in the loss, on the kernels of {told['layers']} layers"
    if data["gradient_clip"]:
        ways = data["gradient_clip"].items()
        yield "clipping", "; ".join(_CLIPPED[way].format(f"{value:g}") for way, value in ways)
    if data["gradient_noise"]:
        noise = data["gradient_noise"]
        yield "noise", f"of the gradient, variance {noise['variance']:g} / (1 + step)^{noise['decay']:g}"
    if data["gradient_centralization"]:
        yield "centralized", "gradients, of their mean over the inputs of each unit"
    if data["max_norm"]:
        held = data["max_norm"]
        yield "max norm", f"{held['value']:g} into each unit of {held['layers']} layers"
    if data["ema"]:
        every, decay = data["ema"]["every_steps"], data["ema"]["decay"]
        often = "every step" if every == 1 else f"every {every} steps"
        yield "averages", f"of the weights, decay {decay:g} {often}: validated, kept as the best and saved"
