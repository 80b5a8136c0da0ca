"""From the checked spec to the Program: one pure function, called without facts and again with them."""

from recipe.catalog import lookup
from recipe.catalog.calls import Call, Origin, Step
from recipe.diagnostics.problems import Problem
from recipe.program import objectives
from recipe.program.data_plans import data_plan, has_validation
from recipe.program.facts import Facts, Target
from recipe.program.initialization import initialize
from recipe.program.monitoring import Log, settle_checkpointing, settle_monitor, settle_stopping
from recipe.program.nested import name_nested, set_precision
from recipe.program.passes import fill_dropout, seed_layers, seeded
from recipe.program.programs import (
    BatchStep,
    Decay,
    Graph,
    Phase,
    Program,
    Runtime,
    Side,
)
from recipe.program.sections import items_of, section, tuple_of
from recipe.program.settling import settle_schedule, settle_training
from recipe.program.strategies import check_strategy, synchronize
from recipe.program.substitution import substitute_call
from recipe.program.wiring import wire

# Some optimizers of Keras decay weights without being asked.
DECAY_ARGUMENT = "weight_decay"


def build(spec: Call, facts: Facts | None, problems: list[Problem]) -> Program:
    """The Program of a checked spec.

    Args:
        spec: from the resolver, free of errors.
        facts: what `data.read` found, or None before the data is read; then what hangs on it is `Unknown`.
        problems: where conflicts go.

    Returns:
        A Program; to be thrown away when `problems` has errors.
    """
    spec = substitute_call(spec, facts, problems)
    runtime = settle_runtime(section(spec, "runtime"))
    regularization = section(spec, "regularization")
    target = facts.targets[0] if facts and facts.targets else None
    graph = _graph(spec, facts, regularization, runtime, problems)
    kinds = objectives.kinds_of(target, section(spec, "data").get("target"))
    settled = _objectives(spec, graph, regularization, kinds, problems)
    training = settle_training(section(spec, "training"), facts, problems)
    optimizer, decay = _optimizer(section(spec, "optimizer"), regularization)
    data = data_plan(spec, runtime.seed, problems)
    log = Log.of(settled.loggable, validation=has_validation(data, facts))
    monitor = settle_monitor(section(spec, "monitor"), log, problems)
    program = Program(
        name=str(spec["name"]),
        spec=spec,
        data=data,
        facts=facts,
        graph=graph,
        batch=_batch(regularization, target, settled.one_hot, facts, runtime.seed),
        loss=settled.loss,
        metrics=settled.metrics,
        optimizer=optimizer,
        schedule=settle_schedule(spec.get("schedule"), optimizer, training, problems),
        decay=decay,
        training=training,
        early_stopping=settle_stopping(regularization, monitor, log, problems),
        monitor=monitor,
        checkpointing=settle_checkpointing(section(spec, "monitor"), training),
        callbacks=items_of(section(spec, "training").get("callbacks")),
        runtime=runtime,
    )
    check_strategy(program, problems)
    return program


def settle_runtime(runtime: Call) -> Runtime:
    """Every `auto` of the runtime section decided."""
    deterministic = runtime["deterministic"]
    precision = str(runtime["precision"])
    return Runtime(
        backend=str(runtime["backend"]),
        precision="float32" if precision == "auto" else precision,
        strategy="single" if runtime["strategy"] == "auto" else str(runtime["strategy"]),
        seed=int(str(runtime["seed"])),
        deterministic=deterministic is not False,
        engine=str(runtime["engine"]),
    )


# -- data ----------------------------------------------------------------------------------------


# -- network -------------------------------------------------------------------------------------


def _graph(
    spec: Call, facts: Facts | None, regularization: Call, runtime: Runtime, problems: list[Problem]
) -> Graph:
    steps = tuple(step for step in tuple_of(spec["architecture"]) if isinstance(step, Step))
    targets = tuple(target.name for target in facts.targets) if facts else ()
    graph = wire(steps, targets, spec.span_of("architecture"), problems)
    graph = objectives.settle_heads(graph, facts.targets if facts else ())
    graph = fill_dropout(graph, regularization, problems)
    init = spec.get("init")
    graph = initialize(graph, init if isinstance(init, Call) else None, problems)
    graph = synchronize(seed_layers(graph, runtime.seed), runtime.strategy)
    return set_precision(name_nested(graph), runtime.precision)


def _objectives(
    spec: Call, graph: Graph, regularization: Call, kinds: tuple[str, ...], problems: list[Problem]
) -> objectives.Objectives:
    smoothing = regularization.arguments.get("label_smoothing")
    if smoothing is not None and not smoothing.value:
        smoothing = None
    logits = bool(graph.layers) and objectives.ends_in_logits(graph)
    return objectives.settle(spec["loss"], spec["metrics"], smoothing, kinds, logits, problems)


def _batch(
    regularization: Call, target: Target | None, one_hot: bool, facts: Facts | None, seed: int
) -> tuple[BatchStep, ...]:
    """Scaling always, augmentation in training, one-hot targets where the loss wants them."""
    steps = []
    for name, fact in facts.inputs.items() if facts else ():
        if fact.dtype == "uint8":
            scale = Call("Rescaling", "keras.layers.Rescaling", origin=Origin(None, "images lie in [0, 1]"))
            scale = scale.with_argument("scale", fact.scale, Origin(None, "facts of the data"))
            steps.append(BatchStep(f"{name}.rescaling", scale, Side.INPUT, Phase.ALWAYS))
    for index, call in enumerate(items_of(regularization.get("augmentation"))):
        name = f"augmentation.{index}"
        filled = seeded(name, _in_unit_range(call), seed, "augmentation")
        steps.append(BatchStep(name, filled, Side.INPUT, Phase.TRAINING))
    if one_hot and target is not None:
        dense = Call(
            "CategoryEncoding", "keras.layers.CategoryEncoding", origin=Origin(None, "one-hot targets")
        )
        dense = dense.with_argument("num_tokens", len(target.classes), Origin(None, "facts of the data"))
        dense = dense.with_argument("output_mode", "one_hot", Origin(None, "one-hot targets"))
        steps.append(BatchStep("one_hot", dense, Side.TARGET, Phase.ALWAYS))
    return tuple(steps)


def _in_unit_range(call: Call) -> Call:
    """An image layer told that images lie in [0, 1], where it asks."""
    row = lookup.find("layer", call.name)
    if row is None or row.parameter("value_range") is None or "value_range" in call:
        return call
    return call.with_argument("value_range", (0.0, 1.0), Origin(None, "images lie in [0, 1]"))


# -- optimizer -----------------------------------------------------------------------------------


def _optimizer(optimizer: Call, regularization: Call) -> tuple[Call, Decay | None]:
    """The optimizer with decay and clipping, and what is excluded from decay.

    Biases and norm parameters are excluded from an optimizer's own default decay too.
    """
    clip = regularization.get("gradient_clip")
    if clip is not None:
        origin = regularization.arguments["gradient_clip"].origin
        optimizer = optimizer.with_argument("global_clipnorm", clip, origin)
    written = regularization.arguments.get("weight_decay")
    default = lookup.keras_default("optimizer", optimizer.name, DECAY_ARGUMENT)
    if written is None:
        return optimizer, Decay(default, ()) if isinstance(default, float) else None
    if not isinstance(written.value, Call):  # `off`
        return optimizer if default is None else optimizer.with_argument(
            DECAY_ARGUMENT, 0.0, written.origin
        ), None
    value = written.value["value"]
    exclude = tuple(str(pattern) for pattern in tuple_of(written.value["exclude"]))
    optimizer = optimizer.with_argument(DECAY_ARGUMENT, value, written.value.arguments["value"].origin)
    return optimizer, Decay(float(str(value)), exclude)
