"""Augmentation that changes what it should not."""

import re
from collections.abc import Iterator

from recipe.catalog import lookup
from recipe.catalog.calls import Call, Value
from recipe.diagnostics.lint_data import FixedAugmentation, LabelBreaking
from recipe.lint.graphs import takes
from recipe.program.programs import Phase, Program

# Sets of digits, by their usual names; `fashion_mnist` holds clothes, `pathmnist` tissue.
DIGITS = re.compile(r"mnist|(?<![a-z])digits(?![a-z])|svhn|usps", re.IGNORECASE)
OTHER_THINGS = re.compile(r"fashion|[a-z]mnist", re.IGNORECASE)
UPSIDE_DOWN = 0.4


def fixed_augmentation(program: Program) -> Iterator[FixedAugmentation]:
    """L510: layers of the augmentation that draw no random numbers."""
    for call in _augmentations(program):
        if lookup.find("layer", call.name) is not None and not takes(call, "seed"):
            yield FixedAugmentation(call.origin.span, call.name)


def label_breaking(program: Program) -> Iterator[LabelBreaking]:
    """L511: digits that are flipped, or turned upside down."""
    name = next((found for source in program.data.sources.values() if (found := _digits(source))), None)
    if name is None:
        return
    for call in _augmentations(program):
        upside_down = call.name == "RandomRotation" and _largest(call.get("factor")) >= UPSIDE_DOWN
        if upside_down or call.name == "RandomFlip":
            yield LabelBreaking(call.origin.span, call.name, name)


def _augmentations(program: Program) -> tuple[Call, ...]:
    return tuple(step.call for step in program.batch if step.phase is Phase.TRAINING)


def _digits(source: Call) -> str | None:
    """The name of a source of digits; None of any other."""
    for argument in ("name", "path"):
        value = source.get(argument)
        text = str(value).replace("\\", "/").rsplit("/", 1)[-1] if isinstance(value, str) else ""
        if DIGITS.search(text) and not OTHER_THINGS.search(text):
            return text
    return None


def _largest(value: Value) -> float:
    """The largest share of a full turn, one way or the other."""
    items = value if isinstance(value, tuple) else (value,)
    return max((abs(float(one)) for one in items if isinstance(one, int | float)), default=0.0)
