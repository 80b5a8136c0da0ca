"""What lies between a gradient and a weight, as plain data."""

from collections.abc import Mapping, Sequence
from typing import Any

from recipe.catalog.calls import Call
from recipe.program.history import spell
from recipe.program.penalties import PENALIZED
from recipe.program.programs import Program
from recipe.program.sections import section


def update_data(program: Program, groups: Sequence[str]) -> Mapping[str, Any]:
    """What lies between a gradient and a weight, as a plan writes it.

    Args:
        program: settled.
        groups: what each group matches, in words.
    """
    update, regularization = program.update, section(program.spec, "regularization")
    clip = regularization.get("gradient_clip")
    calls = [layer.call for layer in program.graph.layers]
    penalized = [call for call in calls if any(_ours(call, slot) for slot in PENALIZED)]
    held = [call for call in calls if _ours(call, "kernel_constraint")]
    average = update.average_decay
    return {
        "groups": list(groups),
        "gradient_clip": {name: one.value for name, one in clip.arguments.items()}
        if isinstance(clip, Call)
        else None,
        "gradient_noise": {"variance": update.noise, "decay": update.noise_decay} if update.noise else None,
        "gradient_centralization": update.centralized,
        "penalties": {"spelled": _penalties(penalized[0]), "layers": len(penalized)} if penalized else None,
        "max_norm": {"value": _value(regularization, "max_norm"), "layers": len(held)} if held else None,
        "ema": None if average is None else {"decay": average, "every_steps": update.average_every},
    }


def _value(regularization: Call, word: str) -> Any:
    """The value of a word of `regularization` that has one."""
    written = regularization.get(word)
    return written.get("value") if isinstance(written, Call) else None


def _ours(call: Call, slot: str) -> bool:
    found = call.get(slot)
    return isinstance(found, Call) and found.origin.reason.startswith("regularization")


def _penalties(call: Call) -> str:
    return spell(next(call[slot] for slot in PENALIZED if _ours(call, slot)))
