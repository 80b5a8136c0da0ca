"""A Program with facts, compiled into plain Keras objects."""

from dataclasses import dataclass
from typing import Any

import keras

from recipe.compiler import receipts, weights
from recipe.compiler.batches import BatchProgram, build_batch_program
from recipe.compiler.constructing import construct
from recipe.compiler.networks import LayerRow, Network, build_network
from recipe.compiler.optimizers import build_optimizer
from recipe.diagnostics.problems import Problem, RecipeError, errors
from recipe.diagnostics.shapes import OutputDoesNotFit
from recipe.program.facts import Facts
from recipe.program.programs import EarlyStopping, Program


@dataclass(frozen=True, slots=True)
class Compiled:
    """What a Program becomes.

    Args:
        program: it.
        model: the network on encoded arrays: a plain functional `keras.Model`, compiled.
        optimizer: a plain Keras optimizer.
        loss: a plain Keras loss.
        metrics: plain Keras metrics.
        callbacks: plain Keras callbacks that the spec asks for.
        batch: what is done to each batch before the model sees it.
        layers: the layer table.
        strategy: the distribution strategy in whose scope the variables were made.
    """

    program: Program
    model: Any
    optimizer: Any
    loss: Any
    metrics: tuple[Any, ...]
    callbacks: tuple[Any, ...]
    batch: BatchProgram
    layers: tuple[LayerRow, ...]
    strategy: Any


def layer_table(program: Program) -> tuple[LayerRow, ...]:
    """Shapes and parameters of every layer, found without giving any weight a value.

    Raises:
        RecipeError: R4xx, as `build_network`.
    """
    return _meta_build(program).table


def _meta_build(program: Program) -> Network:
    facts = _facts(program)
    network = weights.without_values(lambda: build_network(program, facts.inputs))
    _check_outputs(program, network)
    return network


def _facts(program: Program) -> Facts:
    if program.facts is None:
        raise ValueError("a Program with facts is expected: read the data and build it again")
    return program.facts


def compile_program(program: Program, strategy: Any) -> Compiled:
    """Keras objects for a Program, weights initialized by path.

    Args:
        program: with facts.
        strategy: a distribution strategy, in whose scope variables are made.

    Raises:
        RecipeError: R4xx, at the row of the spec that Keras refuses.
    """
    problems: list[Problem] = []
    with strategy.scope():
        network = _meta_build(program)
        model = network.model
        weights.initialize(model.variables, program.runtime.seed)
        optimizer = build_optimizer(program, model, problems)
        loss = construct(program.loss)
        receipts.compare(program.loss, loss, problems)
        metrics = tuple(construct(metric) for metric in program.metrics)
        model.compile(optimizer=optimizer, loss=loss, metrics=list(metrics), jit_compile=False)
        batch = build_batch_program(program)
    callbacks = tuple(construct(callback) for callback in program.callbacks)
    if program.early_stopping is not None:
        callbacks = (early_stopping(program.early_stopping), *callbacks)
    if errors(problems):
        raise RecipeError(problems)
    return Compiled(program, model, optimizer, loss, metrics, callbacks, batch, network.table, strategy)


def early_stopping(settled: EarlyStopping) -> Any:
    """Keras's own callback; the best weights come back when training ends."""
    return keras.callbacks.EarlyStopping(
        monitor=settled.metric,
        mode=settled.direction,
        patience=settled.patience,
        min_delta=settled.minimum_delta,
        start_from_epoch=settled.after,
        restore_best_weights=True,
    )


def _check_outputs(program: Program, network: Network) -> None:
    problems: list[Problem] = []
    for target, output in zip(_facts(program).targets, network.model.outputs, strict=True):
        shape = tuple(output.shape)[1:]
        wanted = (len(target.classes),) if target.kind == "category" else (1,)
        span = program.spec.span_of("architecture")
        if len(shape) != 1 or (target.kind == "category" and shape[0] < wanted[0]) or shape[0] < 1:
            problems.append(OutputDoesNotFit(span, target.name, str(shape), str(wanted)))
    if problems:
        raise RecipeError(problems)
