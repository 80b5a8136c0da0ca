"""A Program with facts, compiled into plain Keras objects."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import keras

from recipe.catalog.calls import Call
from recipe.compiler import receipts, weights
from recipe.compiler.batches import Batch, BatchProgram, build_batch_program, whole
from recipe.compiler.constructing import construct, fitting
from recipe.compiler.groups import NO_GROUPS, Groups, told
from recipe.compiler.networks import LayerRow, Network, build_network
from recipe.compiler.optimizers import build_optimizer
from recipe.compiler.units import in_unit
from recipe.components.early_stopping import EarlyStopping as StoppingCallback
from recipe.components.reduce_on_plateau import ReduceOnPlateau
from recipe.diagnostics.problems import Problem, RecipeError, errors
from recipe.diagnostics.shapes import OutputDoesNotFit
from recipe.program.facts import Facts, Target
from recipe.program.objectives import units_of
from recipe.program.outputs import prefix_of
from recipe.program.programs import EarlyStopping, Objective, Plateau, Program


@dataclass(frozen=True, slots=True)
class Compiled:
    """What a Program becomes.

    Args:
        program: it.
        model: the network on encoded arrays: a plain functional `keras.Model`, compiled.
        optimizer: a plain Keras optimizer.
        loss: a plain Keras loss; of several outputs a mapping by target.
        metrics: plain Keras metrics, those of the first output first.
        callbacks: plain Keras callbacks that the spec asks for.
        batch: what is done to each batch before the model sees it.
        layers: the layer table.
        strategy: the distribution strategy in whose scope the variables were made.
        notes: what there is to know of how they began.
        groups: weights that are updated in another way than the others.
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
    notes: tuple[Problem, ...] = ()
    groups: Groups = NO_GROUPS

    def by_target(self, outputs: Any) -> Mapping[str, Any]:
        """Outputs of the network by target, also where there is one."""
        if isinstance(outputs, Mapping):
            return outputs
        return {_facts(self.program).targets[0].name: outputs}

    def compute_loss(self, batch: Batch, outputs: Any, *, training: bool) -> Any:
        """What is minimized on a batch, penalties of layers included; divided by the number of devices.

        It is the mean over the examples, each loss times its weight, as in Keras. Of several targets it is
        the weighted sum. Keras computes it too, but counts each loss into variables that it makes while a
        step is traced.

        Args:
            batch: after the batch program.
            outputs: of the network; a mapping by name where there are several.
            training: whether the batch is trained on.
        """
        inputs, targets, _ = batch
        if not isinstance(outputs, Mapping):
            one = self.program.objectives[0]
            weight = batch.loss_weight(one.target, outputs)
            with fitting(one.loss):
                return self.model.compute_loss(inputs, targets, outputs, weight, training=training)
        losses = []
        for one in self.program.objectives:
            said = outputs[one.target]
            with fitting(one.loss):
                loss = self.loss[one.target](targets[one.target], said, batch.loss_weight(one.target, said))
            losses.append(one.weight * loss)
        penalties = [keras.ops.sum(one) / self.strategy.num_replicas_in_sync for one in self.model.losses]
        return sum((*losses[1:], *penalties), start=losses[0])

    @property
    def _kinds(self) -> Mapping[str, str]:
        return {target.name: target.kind for target in _facts(self.program).targets}

    def measure(self, batch: Batch, outputs: Any, share: float = 1.0) -> None:
        """Count a batch into the metrics: an example as much as the data say, its class counts no more.

        Metrics are in the unit of their target.

        Args:
            batch: after the batch program.
            outputs: of the network; a mapping by name where there are several.
            share: of each example, where several devices count the same.
        """
        targets, weight = batch.targets, batch.metric_weight
        if share != 1.0:
            size = keras.tree.flatten(targets)[0].shape[0]
            weight = share * (keras.ops.ones((size,)) if weight is None else weight)
        facts = {one.name: one for one in _facts(self.program).targets}
        measured = [(one.target, call) for one in self.program.objectives for call in one.metrics]
        for metric, (target, call) in zip(self.metrics, measured, strict=True):
            answers = targets[target] if isinstance(targets, Mapping) else targets
            answers = whole(answers, self._kinds[target]) if self.batch.mixes else answers
            said = outputs[target] if isinstance(outputs, Mapping) else outputs
            fact = facts[target]
            with fitting(call):
                metric.update_state(in_unit(fact, answers), in_unit(fact, said), sample_weight=weight)
                if shape := tuple(keras.ops.shape(metric.result())):
                    raise ValueError(f"a metric is one number, and its result has the shape {shape}")


def abstract_network(program: Program) -> Network:
    """The network of a Program with facts, its weights without values, however large they are.

    Raises:
        RecipeError: R4xx, as `build_network`.
    """
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
        network = abstract_network(program)
        model = network.model
        weights.initialize(model.variables, program.runtime.seed, network.graph)
        weights.seed_generators(model, program.runtime.seed)
        optimizer = build_optimizer(program, model, network.groups, problems)
        losses = {one.target: _loss(one, problems) for one in program.objectives}
        metrics = tuple(construct(metric) for metric in program.metrics)
        _build_metrics(program, model.output, metrics)
        _compile(model, optimizer, losses, metrics, program)
        batch = build_batch_program(program)
    callbacks = tuple(construct(callback) for callback in program.callbacks)
    if program.early_stopping is not None:
        callbacks = (early_stopping(program.early_stopping), *callbacks)
    if program.plateau is not None:
        callbacks = (reduce_on_plateau(program.plateau), *callbacks)
    if errors(problems):
        raise RecipeError(problems)
    program = replace(program, graph=network.graph)
    loss = losses if len(losses) > 1 else next(iter(losses.values()))
    matched = told(network.groups)
    return Compiled(
        program,
        model,
        optimizer,
        loss,
        metrics,
        callbacks,
        batch,
        network.table,
        strategy,
        notes=() if matched is None else (matched,),
        groups=network.groups,
    )


def _loss(objective: Objective, problems: list[Problem]) -> Any:
    loss = construct(objective.loss)
    receipts.compare(objective.loss, loss, problems)
    return loss


def _compile(
    model: Any, optimizer: Any, losses: Mapping[str, Any], metrics: Sequence[Any], program: Program
) -> None:
    """Compile a network as Keras itself has it: with several outputs, everything by name."""
    shares = {one.target: one.weight for one in program.objectives}
    counting = "metrics" if _facts(program).weights is None else "weighted_metrics"
    if len(losses) == 1:
        ((target, loss),) = losses.items()
        weight = None if shares[target] == 1.0 else shares[target]
        model.compile(optimizer, loss, loss_weights=weight, jit_compile=False, **{counting: list(metrics)})
        return
    # Keras puts the name of the output before that of the metric, so these have a name without it.
    plain = {
        one.target: [_without_prefix(metric, one.target) for metric in one.metrics]
        for one in program.objectives
    }
    model.compile(optimizer, losses, loss_weights=shares, jit_compile=False, **{counting: plain})


def _build_metrics(program: Program, outputs: Any, metrics: Sequence[Any]) -> None:
    """Make the variables of metrics that wait for their first batch: a State holds all that a run changes."""
    measured = [one.target for one in program.objectives for _ in one.metrics]
    for metric, target in zip(metrics, measured, strict=True):
        inner = getattr(metric, "metric", metric)
        if metric.variables and getattr(inner, "_built", True):  # R2Score has one from the beginning
            continue
        output = outputs[target] if isinstance(outputs, Mapping) else outputs
        example = keras.ops.zeros([size or 1 for size in output.shape])
        metric.update_state(example, example)
        metric.reset_state()


def _without_prefix(metric: Call, target: str) -> Any:
    name = str(metric["name"]).removeprefix(prefix_of(target))
    return construct(metric.without("name"), name=name)


def early_stopping(settled: EarlyStopping) -> StoppingCallback:
    """The callback that ends a run; the best weights come back when training ends."""
    return StoppingCallback(
        monitor=settled.metric,
        mode=settled.direction,
        patience=settled.patience,
        min_delta=settled.minimum_delta,
        start_from_epoch=settled.after,
        restore_best_weights=True,
    )


def reduce_on_plateau(settled: Plateau) -> ReduceOnPlateau:
    """The callback that lowers a `ReducedRate`."""
    return ReduceOnPlateau(
        monitor=settled.metric,
        mode=settled.direction,
        factor=settled.factor,
        patience=int(str(settled.patience)),
        minimum_delta=settled.minimum_delta,
        cooldown=int(str(settled.cooldown)),
        floor=settled.floor,
        after_steps=settled.after_steps,
    )


def _check_outputs(program: Program, network: Network) -> None:
    problems: list[Problem] = []
    outputs, facts = network.model.output, _facts(program)
    layers, inputs = program.graph.by_name, tuple(one.shape for one in facts.inputs.values())
    for target in facts.targets:
        output = outputs[target.name] if isinstance(outputs, Mapping) else outputs
        shape, wanted = tuple(output.shape)[1:], _shape_for(target)
        if not _fits(shape, wanted, target):
            last = layers.get(program.graph.outputs[target.name].layer)
            span = last.span if last else program.spec.span_of("architecture")
            problems.append(OutputDoesNotFit(span, target.name, shape, wanted, inputs))
    if problems:
        raise RecipeError(problems)


def _shape_for(target: Target) -> tuple[int, ...]:
    """The output that a target needs: its positions, and on the last axis what says it at each."""
    positions = target.shape if target.kind == "category" else target.shape[:-1]
    return (*positions, units_of(target))


def _fits(shape: tuple[int | None, ...], wanted: tuple[int, ...], target: Target) -> bool:
    """Whether an output says a target; it may have more units than classes, or several for one number."""
    if len(shape) != len(wanted) or any(
        size not in (None, one) for size, one in zip(shape[:-1], wanted[:-1], strict=True)
    ):
        return False
    units = shape[-1] or 0
    may_be_more = target.kind == "category" or (target.kind == "number" and wanted[-1] == 1)
    return units == wanted[-1] or (may_be_more and units > wanted[-1])
