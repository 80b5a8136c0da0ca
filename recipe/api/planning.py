"""A spec with its data: the settled Program, and what it would do."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recipe.api.checking import DataError, Spec, loaded
from recipe.diagnostics.ignores import without_ignored
from recipe.diagnostics.problems import (
    Problem,
    RecipeError,
    errors,
    in_order,
)
from recipe.lint.rules import lint, waits_for_data
from recipe.program.building import build
from recipe.program.programs import Program

if TYPE_CHECKING:
    from recipe.compiler.networks import LayerRow
    from recipe.data.datasets import Dataset


@dataclass(frozen=True, slots=True)
class Prepared:
    """A spec whose data were read: the settled Program and the examples."""

    spec: Spec
    program: Program
    dataset: "Dataset"
    warnings: tuple[Problem, ...] = ()


def prepare(spec: Spec) -> Prepared:
    """Read the data of a spec and settle its Program with the facts.

    Raises:
        DataError: R5xx when the data cannot be used.
        RecipeError: R3xx when spec and data do not go together.
    """
    from recipe.data import reading

    problems: list[Problem] = []
    dataset = reading.read(spec.program.data, problems)
    if dataset is None or errors(problems):
        raise DataError(in_order(problems), spec.texts)
    program = build(spec.root, dataset.facts, problems)
    problems += [] if errors(problems) else lint(program)
    whole = not errors(problems)
    left = without_ignored(problems, spec.texts, spec.source, lambda code: whole and waits_for_data(code))
    found = in_order(left)
    if not whole:
        raise RecipeError(found, spec.texts)
    warnings = tuple(problem for problem in found if problem not in spec.warnings)
    return Prepared(spec, program, dataset, warnings)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a spec would do.

    Args:
        program: settled with the facts of the data.
        layers: the layer table.
        parameters: number of weights.
        trainable: number of weights that learn.
        rates: learning rate by step: the first, the largest and the last.
        warnings: what is not an error.
    """

    program: Program
    layers: "tuple[LayerRow, ...]"
    parameters: int
    trainable: int
    rates: Mapping[int, float]
    warnings: tuple[Problem, ...]


def plan(spec: str | Path | Spec) -> Plan:
    """What a spec would do: layers, shapes, parameters, steps and learning rates; trains nothing."""
    prepared = prepare(loaded(spec))
    return translated(prepared.spec, lambda: _plan(prepared))  # type: ignore[no-any-return]


def _plan(prepared: Prepared) -> Plan:
    from recipe.compiler import startup

    startup.start(prepared.program.runtime)
    from recipe.compiler.compiling import layer_table
    from recipe.compiler.rates import landmarks

    table = layer_table(prepared.program)
    return Plan(
        prepared.program,
        table,
        sum(row.parameters for row in table),
        sum(row.trainable for row in table),
        landmarks(prepared.program),
        (*prepared.spec.warnings, *prepared.warnings),
    )


def translated(spec: Spec, action: Callable[[], Any]) -> Any:
    """Run an action; errors it raises learn the texts that their spans point into."""
    try:
        return action()
    except RecipeError as error:
        error.texts = spec.texts
        raise
