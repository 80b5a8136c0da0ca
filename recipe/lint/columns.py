"""Features that say nothing, or too much."""

from collections.abc import Iterator

from recipe.diagnostics.lint_columns import IdColumn, LeakingColumn, ScaledTwice, StandIn, UnscaledInput
from recipe.diagnostics.lint_data import ConstantColumn
from recipe.lint.parts import ENOUGH
from recipe.program.facts import Column
from recipe.program.programs import Program

NEARLY_ALL = 0.999
# Identifiers are whole numbers that fill a range: some were deleted, and some are in other splits.
FILLED = 2
LARGE = 10.0
HALF = 0.5  # what shrinks no more than that may centre or flip an image
SCALING = frozenset(
    "BatchNormalization Embedding LayerNormalization Normalization Rescaling UnitNormalization".split()
)
STAND_INS = frozenset((-99.0, *(sign * (10.0**digits - 1) for sign in (-1, 1) for digits in range(3, 7))))
FAR = 3.0  # standard deviations


def constant_column(program: Program) -> Iterator[ConstantColumn]:
    """L506: columns with one value."""
    for column in _columns(program):
        categories, minimum = column.statistics.get("categories"), column.statistics.get("minimum")
        if column.kind == "category" and isinstance(categories, tuple) and len(categories) == 1:
            yield ConstantColumn(program.data.span, column.name, str(categories[0]))
        elif isinstance(minimum, float) and minimum == column.statistics.get("maximum"):
            yield ConstantColumn(program.data.span, column.name, f"{minimum:g}")


def id_column(program: Program) -> Iterator[IdColumn]:
    """L513: whole numbers of which no two are equal, close together."""
    examples = program.facts.examples.get("train", 0) if program.facts else 0
    for column in _columns(program):
        minimum, maximum = _range(column)
        is_whole = column.statistics.get("whole") == 1
        is_close = maximum - minimum < FILLED * sum(program.facts.examples.values() if program.facts else ())
        if is_whole and is_close and column.statistics.get("distinct") == examples >= ENOUGH:
            yield IdColumn(program.data.span, column.name, examples)


def leaking_column(program: Program) -> Iterator[LeakingColumn]:
    """L514: columns that say the first target alone, in a set that is no toy."""
    facts = program.facts
    if facts is None or facts.examples.get("train", 0) < ENOUGH or len(facts.columns) == 1:
        return
    for column in facts.columns:
        share = column.statistics.get("says_target")
        if isinstance(share, float) and share >= NEARLY_ALL:
            yield LeakingColumn(program.data.span, column.name, facts.targets[0].name, share)


def unscaled_input(program: Program) -> Iterator[UnscaledInput]:
    """L515: arrays of large numbers in a network without a layer that scales."""
    if any(layer.call.name in SCALING for layer in program.graph.layers):
        return
    for column in _columns(program):
        scale, (minimum, maximum) = column.statistics.get("scale", 1.0), _range(column)
        is_standard = "mean" in column.statistics and column.statistics.get("scaling") != "none"
        is_encoded = is_standard or "categories" in column.statistics
        if not is_encoded and max(abs(minimum), abs(maximum)) * float(str(scale)) > LARGE:
            yield UnscaledInput(program.spec.span_of("architecture"), column.name, minimum, maximum)


def scaled_twice(program: Program) -> Iterator[ScaledTwice]:
    """L518: a `Rescaling` that shrinks images, which are brought to [0, 1] before."""
    inputs = program.facts.inputs if program.facts else {}
    scaled = {name for name, fact in inputs.items() if fact.scale < 1}
    for layer in program.graph.layers:
        scale = layer.call.get("scale")
        if layer.call.name != "Rescaling" or not isinstance(scale, float) or abs(scale) > HALF:
            continue
        if any(wire.layer in scaled for wire in layer.wires):
            yield ScaledTwice(layer.span, layer.name, scale)


def stand_in(program: Program) -> Iterator[StandIn]:
    """L516: numbers such as -999 at the end of a column, far from all others."""
    for column in _columns(program):
        mean, std = column.statistics.get("mean"), column.statistics.get("std")
        if not isinstance(mean, float) or not isinstance(std, float):
            continue
        for value in _range(column):
            deviations = abs(value - mean) / std
            if value in STAND_INS and deviations >= FAR:
                yield StandIn(program.data.span, column.name, value, deviations)


def _columns(program: Program) -> tuple[Column, ...]:
    return program.facts.columns if program.facts else ()


def _range(column: Column) -> tuple[float, float]:
    """Smallest and largest value as they are stored; zeros where there are none."""
    minimum, maximum = (column.statistics.get(name) for name in ("minimum", "maximum"))
    are_known = isinstance(minimum, float) and isinstance(maximum, float)
    return (minimum, maximum) if are_known else (0.0, 0.0)  # type: ignore[return-value]
