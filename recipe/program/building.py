"""From the checked spec to the Program: one pure function, called without facts and again with them."""

from collections.abc import Mapping

from recipe.catalog.calls import Call, Value, calls_in
from recipe.catalog.sections import INIT
from recipe.diagnostics.problems import Problem
from recipe.program import objectives
from recipe.program.applications import convert_ranges
from recipe.program.backbones import feed_backbones
from recipe.program.batch_steps import batch_steps
from recipe.program.data_plans import data_plan, has_validation, kinds_written
from recipe.program.drop_paths import drop_paths
from recipe.program.embeddings import embed
from recipe.program.engines import check_engine
from recipe.program.facts import Facts
from recipe.program.graphs import Graph
from recipe.program.head_priors import begin_at_priors
from recipe.program.initialization import initialize
from recipe.program.input_shapes import check_input_shapes
from recipe.program.machines import NOT_LOOKED_AT, Machine, settle_precision
from recipe.program.monitoring import (
    Log,
    settle_checkpointing,
    settle_goals,
    settle_monitor,
    settle_plateau,
    settle_stopping,
)
from recipe.program.nested import name_nested, set_precision
from recipe.program.outputs import settle_outputs
from recipe.program.passes import fill_dropout, seed_layers
from recipe.program.penalties import hold_norms, penalize
from recipe.program.programs import Program, Runtime
from recipe.program.residual_starts import start_residuals
from recipe.program.schedules import settle_schedule, settle_settings
from recipe.program.sections import items_of, section
from recipe.program.settling import clock_of, settle_training
from recipe.program.strategies import check_strategy, synchronize
from recipe.program.substitution import substitute_call
from recipe.program.tracking import check_validation, settle_overfitting, settle_tracking
from recipe.program.updates import check_parts, settle_optimizer, settle_update
from recipe.program.wiring import wire


def build(
    spec: Call, facts: Facts | None, problems: list[Problem], machine: Machine = NOT_LOOKED_AT
) -> Program:
    """The Program of a checked spec.

    Args:
        spec: from the resolver, free of errors.
        facts: what `data.read` found, or None before the data is read; then what hangs on it is `Unknown`.
        problems: where conflicts go.
        machine: that it is trained on, for what is `auto`.

    Returns:
        A Program; to be thrown away when `problems` has errors.
    """
    spec = substitute_call(spec, facts, problems)
    runtime = settle_runtime(spec, machine)
    regularization = section(spec, "regularization")
    graph = _graph(spec, facts, regularization, runtime, problems)
    if facts is not None:
        check_input_shapes(section(spec, "architecture"), facts, problems)
    settled = settle_outputs(spec, graph, facts, problems)
    training = settle_training(section(spec, "training"), facts, problems)
    clock = clock_of(training, facts)
    optimizer, decay = settle_optimizer(section(spec, "optimizer"), regularization, problems)
    data = data_plan(spec, runtime.seed, problems)
    log = Log.of(settled.loggable, validation=has_validation(data, facts))
    monitor = settle_monitor(section(spec, "monitor"), log, problems)
    schedule = settle_schedule(spec, optimizer, training, facts, problems)
    program = Program(
        name=str(spec["name"]),
        spec=spec,
        data=data,
        facts=facts,
        graph=graph,
        batch=batch_steps(spec, graph, settled.objectives, facts, runtime.seed, problems),
        objectives=settled.objectives,
        optimizer=optimizer,
        schedule=schedule,
        decay=decay,
        training=training,
        early_stopping=settle_stopping(regularization, monitor, log, clock, problems),
        monitor=monitor,
        checkpointing=settle_checkpointing(section(spec, "monitor"), clock, problems),
        callbacks=items_of(section(spec, "training").get("callbacks")),
        runtime=runtime,
        plateau=settle_plateau(spec, schedule, monitor, log, clock, problems),
        goals=settle_goals(section(spec, "training"), log, problems),
        settings=settle_settings(spec, optimizer, training, facts, problems),
        overfitting=settle_overfitting(section(spec, "monitor"), log, clock, problems),
        tracking=settle_tracking(section(spec, "monitor"), str(spec["name"])),
        update=settle_update(spec, training, facts, problems),
    )
    check_parts(program, problems)
    check_validation(section(spec, "training"), log, problems)
    check_strategy(program, problems)
    check_engine(program, problems)
    return program


def settle_runtime(spec: Call, machine: Machine = NOT_LOOKED_AT) -> Runtime:
    """Every `auto` of the runtime section decided."""
    runtime = section(spec, "runtime")
    deterministic, backend = runtime["deterministic"], str(runtime["backend"])
    precision, reason = str(runtime["precision"]), ""
    if precision == "auto":
        convolves = any("Conv" in call.name for call in calls_in(spec.get("architecture")))
        precision, reason = settle_precision(machine, backend, convolves=convolves)
    engine = runtime["engine"]
    block = engine.get("block") if isinstance(engine, Call) else None
    return Runtime(
        backend=backend,
        precision=precision,
        strategy="single" if runtime["strategy"] == "auto" else str(runtime["strategy"]),
        seed=int(str(runtime["seed"])),
        deterministic=deterministic is not False,
        engine=engine.name if isinstance(engine, Call) else str(engine),
        precision_reason=reason,
        block=block if isinstance(block, int) else None,
        examples=str(runtime["examples"]),
    )


# -- network -------------------------------------------------------------------------------------


def _graph(
    spec: Call, facts: Facts | None, regularization: Call, runtime: Runtime, problems: list[Problem]
) -> Graph:
    architecture = section(spec, "architecture")
    targets = tuple(target.name for target in facts.targets) if facts else _written_targets(spec)
    inputs = tuple(facts.shapes) if facts else ()
    graph = wire(architecture, inputs, targets, spec.span_of("architecture"), problems)
    graph = embed(graph, kinds_written(section(spec, "data").get("features")), facts)
    graph = feed_backbones(convert_ranges(graph), runtime.precision, problems)
    graph = objectives.settle_heads(graph, facts.targets if facts else ())
    graph = drop_paths(fill_dropout(graph, spec, problems), regularization, problems)
    graph = _initialized(graph, spec.get("init"), facts, problems)
    graph = hold_norms(penalize(graph, regularization, problems), regularization, problems)
    graph = synchronize(seed_layers(graph, runtime.seed), runtime.strategy)
    return set_precision(name_nested(graph), runtime.precision)


def _initialized(graph: Graph, written: Value, facts: Facts | None, problems: list[Problem]) -> Graph:
    """The graph with everything that `init` says about the first values of weights."""
    init = written if isinstance(written, Call) else None
    graph = initialize(graph, init, problems)
    if init is None or init.target != INIT.target:
        return graph
    if init.get("residual") is not None:
        graph = start_residuals(graph, str(init["residual"]), init.span_of("residual"), problems)
    if init.get("head_bias") is not None:
        targets = facts.targets if facts else ()
        graph = begin_at_priors(graph, targets, init.span_of("head_bias"), problems)
    return graph


def _written_targets(spec: Call) -> tuple[str, ...]:
    """The targets that the spec names; none where they are the source's own."""
    written = section(spec, "data").get("target")
    return tuple(written) if isinstance(written, Mapping) else (written,) if isinstance(written, str) else ()
