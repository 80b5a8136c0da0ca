"""A spec with its data: the settled Program, and what it would do."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recipe.api.checking import DataError, Spec, loaded
from recipe.api.importing import import_modules
from recipe.api.presets import read_presets
from recipe.catalog.calls import Origin
from recipe.diagnostics.ignores import without_ignored
from recipe.diagnostics.problems import (
    Problem,
    RecipeError,
    errors,
    in_order,
)
from recipe.lint.rules import lint, waits_for_data
from recipe.program.building import build
from recipe.program.contents import contents_of
from recipe.program.machines import NOT_LOOKED_AT, Machine
from recipe.program.programs import Program
from recipe.program.sections import section

if TYPE_CHECKING:
    from recipe.compiler.budgets import Budget
    from recipe.compiler.networks import LayerRow
    from recipe.compiler.weight_table import WeightRow
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
        RecipeError: R3xx when spec and data do not go together, R680 to R682 for its imports, R683 and R684
            for its presets.
    """
    from recipe.data import reading

    translated(spec, lambda: import_modules(spec.program, allowed=spec.allow_imports))
    spec = translated(spec, lambda: read_presets(spec))
    problems: list[Problem] = []
    prepared = settled(spec, reading.read(spec.program.data, problems, spec.arrays), problems)
    return replace(prepared, program=replace(prepared.program, contents=contents_of(prepared.program)))


def settled(spec: Spec, dataset: "Dataset | None", problems: list[Problem]) -> Prepared:
    """A spec with the data that were read.

    Args:
        spec: without errors.
        dataset: of its data; None after a Problem.
        problems: that reading told.

    Raises:
        DataError: R5xx when the data cannot be used.
        RecipeError: R3xx when spec and data do not go together.
    """
    if dataset is None or errors(problems):
        raise DataError(in_order(problems), spec.texts)
    program = build(spec.root, dataset.facts, problems, _machine(spec.program))
    problems += [] if errors(problems) else lint(program)
    whole = not errors(problems)
    left = without_ignored(problems, spec.texts, spec.source, lambda code: whole and waits_for_data(code))
    found = in_order(left)
    if not whole:
        raise RecipeError(found, spec.texts)
    warnings = tuple(problem for problem in found if problem not in spec.warnings)
    return Prepared(spec, program, dataset, warnings)


def _machine(program: Program) -> Machine:
    """What it is trained on; looked at where a rule asks, for which the framework is loaded."""
    if not program.runtime.precision_reason:
        return NOT_LOOKED_AT
    from recipe.compiler import startup
    from recipe.compiler.hardware import this_machine

    startup.start(program.runtime)
    return this_machine(program.runtime.backend)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a spec would do.

    Args:
        program: settled with the facts of the data.
        layers: the layer table.
        parameters: number of weights.
        trainable: number of weights that learn.
        budget: what a step and the whole run cost.
        rates: learning rate by step: at the peak and at each quarter of the run.
        curve: learning rate by step, at many more of them.
        weights: how each begins, and whether it learns and decays.
        float32_bytes: memory on each device if all were float32; None where it is.
        groups: what each of `optimizer.groups` matches and means, in words.
        warnings: what is not an error.
        streams: whether the training examples come in blocks, because they do not fit on the device.
    """

    program: Program
    layers: "tuple[LayerRow, ...]"
    parameters: int
    trainable: int
    budget: "Budget"
    rates: Mapping[int, float]
    curve: Mapping[int, float]
    weights: "tuple[WeightRow, ...]"
    float32_bytes: int | None
    groups: tuple[str, ...]
    warnings: tuple[Problem, ...]
    streams: bool = False


def plan(
    spec: str | Path | Spec, devices: int | None = None, *, arrays: Mapping[str, Any] | None = None
) -> Plan:
    """What a spec would do: layers, shapes, steps, learning rates and costs; trains nothing.

    Args:
        spec: a path, or what `load` returned.
        devices: that share each batch; None: those of this machine, as `runtime.strategy` says.
        arrays: what `data: {source: arrays}` reads, by name.

    Raises:
        RecipeError: with every error, at its place.
    """
    prepared = prepare(loaded(spec, arrays))
    return translated(prepared.spec, lambda: _plan(prepared, devices))  # type: ignore[no-any-return]


def _plan(prepared: Prepared, devices: int | None) -> Plan:
    from recipe.compiler import startup

    program = prepared.program
    startup.start(program.runtime)
    from recipe.compiler.budgets import budget
    from recipe.compiler.compiling import abstract_network
    from recipe.compiler.earlier_weights import match_earlier
    from recipe.compiler.groups import lines
    from recipe.compiler.rates import landmarks, rates
    from recipe.compiler.weight_table import weight_rows
    from recipe.training.engines.feeds import STREAMED_BYTES, free_bytes, lies_on_device
    from recipe.training.placements import num_devices

    network = abstract_network(program)
    earlier, _ = match_earlier(network.model, program)
    curve = rates(program)
    devices = devices or num_devices(program.runtime)
    whole = budget(program, network, devices)
    streams = not lies_on_device(program.runtime.examples, whole.memory.data, free_bytes())
    if streams:  # a block is computed while another lies ready
        whole = replace(whole, memory=replace(whole.memory, data=min(whole.memory.data, 2 * STREAMED_BYTES)))
    return Plan(
        replace(program, graph=network.graph),
        network.table,
        _parameters(network.model.weights),
        _parameters(network.model.trainable_weights),
        whole,
        landmarks(curve),
        curve,
        weight_rows(program, network),
        _float32_bytes(prepared, devices),
        tuple(lines(network.groups)),
        (*prepared.spec.warnings, *prepared.warnings, *((earlier,) if earlier else ())),
        streams,
    )


def _float32_bytes(prepared: Prepared, devices: int) -> int | None:
    """The memory that a precision is compared with; None where it is float32 itself."""
    from recipe.compiler.compiling import abstract_network
    from recipe.compiler.memory import memory

    program = prepared.program
    if not program.runtime.precision.startswith("mixed"):
        return None
    runtime = section(program.spec, "runtime").with_argument("precision", "float32", Origin(None))
    spec = prepared.spec.root.with_argument("runtime", runtime, Origin(None))
    full = build(spec, program.facts, [])
    return memory(full, abstract_network(full), devices).total


def _parameters(weights: list[Any]) -> int:
    return sum(math.prod(weight.shape) for weight in weights)


def translated(spec: Spec, action: Callable[[], Any]) -> Any:
    """Run an action; errors it raises learn the texts that their spans point into."""
    try:
        return action()
    except RecipeError as error:
        error.texts = spec.texts
        raise
