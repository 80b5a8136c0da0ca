"""From the checked spec to the Program: one pure function, called without facts and again with them."""

from collections.abc import Mapping
from dataclasses import replace

from recipe.catalog import lookup
from recipe.catalog.calls import Argument, Call, Origin, Step, Value
from recipe.diagnostics.conflicts import DirectionUnknown, NotLogged, SourcesOverlap, StrategyChanges
from recipe.diagnostics.problems import Problem
from recipe.language.durations import Duration
from recipe.program import objectives
from recipe.program.facts import Facts, Target
from recipe.program.initialization import initialize
from recipe.program.passes import fill_dropout, seed_layers, seeded
from recipe.program.plans import DataPlan, Split
from recipe.program.programs import (
    BatchStep,
    Decay,
    EarlyStopping,
    Graph,
    Monitor,
    Phase,
    Program,
    Runtime,
    Side,
)
from recipe.program.seeds import derive
from recipe.program.settling import settle_schedule, settle_training
from recipe.program.substitution import substitute_call
from recipe.program.wiring import wire

# The optimizers whose Keras default decays weights without being asked.
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
    settled = _objectives(spec, graph, regularization, target, problems)
    training = settle_training(section(spec, "training"), facts, problems)
    optimizer, decay = _optimizer(section(spec, "optimizer"), regularization)
    data = data_plan(spec, runtime.seed, problems)
    logged = _logged(settled.metrics, _has_validation(data, facts))
    monitor = _monitor(section(spec, "monitor"), settled.metrics, logged, problems)
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
        early_stopping=_early_stopping(regularization, monitor, settled.metrics, logged, problems),
        monitor=monitor,
        callbacks=tuple(call for call in _items(section(spec, "training").get("callbacks"))),
        runtime=runtime,
    )
    _check_strategy(program, problems)
    return program


def section(spec: Call, name: str) -> Call:
    """The Call of a section that always is one."""
    found = spec[name]
    if not isinstance(found, Call):
        raise TypeError(f"`{name}` is not resolved")
    return found


def _items(value: Value) -> tuple[Call, ...]:
    return tuple(item for item in value if isinstance(item, Call)) if isinstance(value, tuple) else ()


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


def data_plan(spec: Call, seed: int, problems: list[Problem]) -> DataPlan:
    """What to read, from the section `data`; needs no facts."""
    data = section(spec, "data")
    sources = {name: call for name in ("source", "train", "validation", "test") if (call := data.get(name))}
    parts = {name: call for name, call in sources.items() if isinstance(call, Call)}
    if ("source" in parts and len(parts) > 1) or not ("source" in parts or "train" in parts):
        problems.append(SourcesOverlap(data.origin.span, tuple(parts)))
    return DataPlan(
        sources=parts,
        targets=_kinds(data.get("target")),
        features=_kinds(data.get("features")) if "features" in data else None,
        ignore=tuple(str(name) for name in _tuple(data.get("ignore"))),
        missing=str(data["missing"]),
        split=_split(section(data, "split")),
        seed=derive(seed, "split"),
        span=data.origin.span,
    )


def _tuple(value: Value) -> tuple[Value, ...]:
    return value if isinstance(value, tuple) else ()


def _kinds(written: Value) -> Mapping[str, Call | None]:
    if isinstance(written, str):
        return {written: None}
    kinds = written if isinstance(written, Mapping) else {}
    return {name: call for name, call in kinds.items() if isinstance(call, Call)}


def _split(split: Call) -> Split:
    def share(name: str) -> float | int:
        value = split[name]
        return value if isinstance(value, int | float) else 0.0

    group = split["group"]
    return Split(
        share("validation"),
        share("test"),
        split["stratified"] is True,
        str(group) if group is not None else None,
        split.origin.span,
    )


def _has_validation(data: DataPlan, facts: Facts | None) -> bool:
    if facts is not None:
        return "validation" in facts.examples
    return "validation" in data.sources or data.split.validation > 0


# -- network -------------------------------------------------------------------------------------


def _graph(
    spec: Call, facts: Facts | None, regularization: Call, runtime: Runtime, problems: list[Problem]
) -> Graph:
    steps = tuple(step for step in _tuple(spec["architecture"]) if isinstance(step, Step))
    targets = tuple(target.name for target in facts.targets) if facts else ()
    graph = wire(steps, targets, spec.span_of("architecture"), problems)
    graph = objectives.settle_heads(graph, facts.targets if facts else ())
    graph = fill_dropout(graph, regularization, problems)
    init = spec.get("init")
    graph = initialize(graph, init if isinstance(init, Call) else None, problems)
    return seed_layers(graph, runtime.seed)


def _objectives(
    spec: Call, graph: Graph, regularization: Call, target: Target | None, problems: list[Problem]
) -> objectives.Objectives:
    smoothing = regularization.arguments.get("label_smoothing")
    if smoothing is not None and not smoothing.value:
        smoothing = None
    logits = bool(graph.layers) and objectives.ends_in_logits(graph)
    return objectives.settle(spec["loss"], spec["metrics"], smoothing, target, logits, problems)


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
    for index, call in enumerate(_items(regularization.get("augmentation"))):
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
    exclude = tuple(str(pattern) for pattern in _tuple(written.value["exclude"]))
    optimizer = optimizer.with_argument(DECAY_ARGUMENT, value, written.value.arguments["value"].origin)
    return optimizer, Decay(float(str(value)), exclude)


# -- monitoring ----------------------------------------------------------------------------------


def _logged(metrics: tuple[Call, ...], validation: bool) -> tuple[str, ...]:
    names = ("loss", *(str(metric["name"]) for metric in metrics))
    return names + tuple(f"val_{name}" for name in names) if validation else names


def _monitor(
    monitor: Call, metrics: tuple[Call, ...], logged: tuple[str, ...], problems: list[Problem]
) -> Monitor:
    best = monitor["best"]
    if isinstance(best, Mapping):
        direction, metric = next(iter(best.items()))
    else:
        direction, metric = "", best
    if metric == "auto":
        metric = "val_loss" if "val_loss" in logged else "loss"
    return _watched(
        str(metric), direction, "monitor.best", monitor.arguments["best"], metrics, logged, problems
    )


def _watched(  # noqa: PLR0913
    metric: str,
    direction: str,
    path: str,
    written: Argument,
    metrics: tuple[Call, ...],
    logged: tuple[str, ...],
    problems: list[Problem],
) -> Monitor:
    if metric not in logged:
        problems.append(NotLogged(written.origin.span, path, metric, logged))
        return Monitor(metric, direction or "min")
    plain = metric.removeprefix("val_")
    by_name = {str(call["name"]): call.name for call in metrics}
    known = "min" if plain == "loss" else lookup.direction_of(by_name.get(plain, ""))
    if not direction and known is None:
        problems.append(DirectionUnknown(written.origin.span, metric))
    return Monitor(metric, direction or known or "min")


def _early_stopping(
    regularization: Call,
    monitor: Monitor,
    metrics: tuple[Call, ...],
    logged: tuple[str, ...],
    problems: list[Problem],
) -> EarlyStopping | None:
    stopping = regularization.get("early_stopping")
    if not isinstance(stopping, Call):
        return None
    watched = monitor
    if stopping["metric"] != "auto":
        path = "regularization.early_stopping.metric"
        written = stopping.arguments["metric"]
        watched = _watched(str(stopping["metric"]), "", path, written, metrics, logged, problems)
    patience, after = stopping["patience"], stopping["after"]
    return EarlyStopping(
        metric=watched.metric,
        direction=watched.direction,
        patience=int(patience.amount) if isinstance(patience, Duration) else 0,
        minimum_delta=float(str(stopping["minimum_delta"])),
        after=int(after.amount) if isinstance(after, Duration) else 0,
    )


# -- strategy ------------------------------------------------------------------------------------

RANDOM_LAYERS = "masks are drawn on each device on its own, so the run differs from one device"


def _check_strategy(program: Program, problems: list[Problem]) -> None:
    """What `mirrored` cannot make equal to one device is said before the run."""
    if program.runtime.strategy != "mirrored":
        return
    random = [layer for layer in program.graph.layers if "seed" in layer.call and "rate" in layer.call]
    if random:
        span = random[0].span
        problems.append(StrategyChanges(span, random[0].call.name, "mirrored", RANDOM_LAYERS))
    if any(step.phase is Phase.TRAINING for step in program.batch):
        span = program.spec.span_of("regularization")
        problems.append(StrategyChanges(span, "augmentation", "mirrored", RANDOM_LAYERS))


def synchronized(program: Program) -> Program:
    """Under `mirrored`, batch norm over the whole batch, as on one device."""
    if program.runtime.strategy != "mirrored":
        return program
    layers = tuple(
        replace(
            layer, call=layer.call.with_argument("synchronized", True, Origin(None, "strategy: mirrored"))
        )
        if layer.call.name == "BatchNormalization" and "synchronized" not in layer.call
        else layer
        for layer in program.graph.layers
    )
    return replace(program, graph=replace(program.graph, layers=layers))
