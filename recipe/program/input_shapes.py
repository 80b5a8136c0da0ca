"""Shapes of inputs that the architecture fixes, against those of the data."""

from collections.abc import Mapping

from recipe.catalog.calls import Call
from recipe.diagnostics.architectures import ShapeDiffers
from recipe.diagnostics.problems import Problem
from recipe.program.facts import Facts
from recipe.program.sections import tuple_of

Shape = tuple[int | None, ...]


def check_input_shapes(architecture: Call, facts: Facts, problems: list[Problem]) -> None:
    """Refuse data that do not have the shapes that `architecture.inputs` writes; R242."""
    written = architecture.get("inputs")
    for name, one in written.items() if isinstance(written, Mapping) else ():
        if not isinstance(one, Call) or name not in facts.shapes:
            continue
        wanted = tuple(size if isinstance(size, int) else None for size in tuple_of(one["shape"]))
        found = facts.shapes[name]
        if not _fits(found, wanted):
            problems.append(ShapeDiffers(one.span_of("shape"), name, wanted, found))


def _fits(found: tuple[int, ...], wanted: Shape) -> bool:
    """Whether a shape is the wanted one; None stands for any size."""
    return len(found) == len(wanted) and all(
        size in (None, one) for size, one in zip(wanted, found, strict=True)
    )
