"""Batches and `model.fit` of a Program as functions of a script."""

from collections.abc import Iterator, Sequence

from recipe.catalog.calls import calls_in
from recipe.eject.callbacks import callbacks_of
from recipe.eject.calls import call_source, identifiers, source_of, text_source
from recipe.eject.lines import INDENT, wrapped
from recipe.eject.optimizers import Grouped
from recipe.eject.sources import facts_of
from recipe.program.facts import IDS
from recipe.program.graphs import Layer
from recipe.program.programs import Phase, Program, Side
from recipe.program.sections import tuple_of

_RANDOM = ("dropout", "recurrent_dropout", "rate")
_ORDERS = {
    "shuffled": 'permutation((seed_for("order"), epoch), len(examples[1]))',
    "ordered": "np.arange(len(examples[1]))",
    "balanced": "balanced_order(epoch, examples[1].reshape(-1))",
}


def prepares(program: Program) -> bool:
    """Whether something is done to a batch before the network is fed with it."""
    return _casts(program) or any(step.side is not Side.WEIGHT for step in program.batch)


def parts_of(program: Program) -> str:
    """What an example has, as variables."""
    return "inputs, targets" if program.data.weight is None else "inputs, targets, weights"


def types_of(program: Program) -> str:
    """The type of a batch."""
    return "tuple[Any, Any]" if program.data.weight is None else "tuple[Any, Any, Any]"


def _casts(program: Program) -> bool:
    """Whether inputs are stored in another type than the network takes."""
    dtypes = {fact.dtype for fact in facts_of(program).inputs.values()}
    return not dtypes <= {IDS, "float32"}


def batch_lines(program: Program) -> Iterator[str]:
    """The layers of the batch program, and the function `prepare` that applies them."""
    steps = [step for step in program.batch if step.side is not Side.WEIGHT]  # `fit` weighs classes itself
    variables = identifiers(step.name for step in steps)
    for step in steps:
        yield from wrapped(f"{variables[step.name]} = {call_source(step.call, name=step.name)}")
    if steps:
        yield from ("", "")
    parts = parts_of(program)
    arguments = ", ".join(f"{part}: Any" for part in parts.split(", "))
    yield f"def prepare({arguments}, training: bool) -> {types_of(program)}:"
    yield f'{INDENT}"""A batch as the network is fed with it; random steps run in training only."""'
    if _casts(program):
        yield f'{INDENT}inputs = keras.ops.cast(inputs, "float32")'
    inside = False
    for step in steps:
        values = "inputs" if step.side is Side.INPUT else "targets"
        random = step.phase is Phase.TRAINING
        if random and not inside:
            yield f"{INDENT}if training:"
        inside = random
        further, indent = (", training=True", 2 * INDENT) if random else ("", INDENT)
        if step.side is Side.BATCH:
            weights = "weights" if "weights" in parts else "{}"
            batch = f'{{"inputs": inputs, "targets": targets, "weights": {weights}}}'
            yield f"{indent}mixed = {variables[step.name]}({batch})"
            mixed = ", ".join(f'mixed["{part}"]' for part in parts.split(", "))
            yield f"{indent}{parts} = {mixed}"
        elif step.mask:
            yield f"{indent}inputs, targets = moved({variables[step.name]}, inputs, targets)"
        else:
            yield f"{indent}{values} = {variables[step.name]}({values}{further})"
    yield f"{INDENT}return {parts}"


def order_source(program: Program) -> str:
    """The order of the examples of an epoch as an expression."""
    return _ORDERS[program.training.sampling]


def _class_weights(program: Program) -> Iterator[str]:
    """How much each class counts in training."""
    for step in program.batch:
        if step.side is Side.WEIGHT:
            weights = tuple_of(step.call["weights"])
            shares = ", ".join(f"{index}: {source_of(weight)}" for index, weight in enumerate(weights))
            yield from wrapped(f"class_weight={{{shares}}},", 2 * INDENT)


def draws_inside(program: Program) -> bool:
    """Whether layers draw random numbers from seeds that no argument gives them."""
    return bool(program.imports) or any(map(draws, program.graph.layers))


def draws(layer: Layer) -> bool:
    """Whether what stands inside of a layer draws random numbers."""
    inner = (one for value in layer.call.arguments.values() for one in calls_in(value.value))
    return any(one.get(name) for one in inner for name in _RANDOM)


def _freezing(grouped: Grouped) -> Iterator[str]:
    """What is never trained."""
    if grouped.frozen_layers:
        yield from wrapped(f"for name in {_listed(grouped.frozen_layers)}:", INDENT)
        yield f"{2 * INDENT}model.get_layer(name).trainable = False"
    if grouped.frozen:
        yield from wrapped(f"frozen = {_listed(grouped.frozen)}", INDENT)
        yield f"{INDENT}for weight in model.weights:"
        yield f"{2 * INDENT}weight.trainable = weight.trainable and weight.path not in frozen"


def _listed(names: Sequence[str]) -> str:
    return f"[{', '.join(map(text_source, names))}]"


def _frequency(program: Program) -> Iterator[str]:
    """Which epochs are validated: every so many, and the last."""
    every, epochs = program.training.validate_every, int(str(program.training.epochs))
    if every > 1:
        last = f"[*range({every}, EPOCHS, {every}), EPOCHS]"
        yield f"validation_freq={last if epochs % every else every},"


def main_lines(program: Program, grouped: Grouped) -> Iterator[str]:
    """The function `main`: train, measure on the test split, save."""
    examples = facts_of(program).examples
    yield "def main() -> None:"
    yield f'{INDENT}"""Train the network, measure it on what it has not seen, and save its weights."""'
    yield f"{INDENT}splits = load_splits()"
    yield f"{INDENT}model = initialized_network()"
    if draws_inside(program):
        yield f"{INDENT}seed_generators(model)"
    yield from _freezing(grouped)
    yield f"{INDENT}model.compile("
    yield f"{2 * INDENT}optimizer=build_optimizer(model),"
    yield from wrapped(f"loss={call_source(program.loss)},", 2 * INDENT)
    metrics = ", ".join(call_source(metric) for metric in program.metrics)
    counting = "metrics" if program.data.weight is None else "weighted_metrics"
    yield from wrapped(f"{counting}=[{metrics}],", 2 * INDENT)
    if (weight := program.objectives[0].weight) != 1.0:
        yield f"{2 * INDENT}loss_weights={weight!r},"
    yield f"{2 * INDENT}jit_compile=False,"
    yield f"{INDENT})"
    yield f"{INDENT}trace_by_batch_size(model)"
    yield f"{INDENT}model.fit("
    yield f'{2 * INDENT}training_batches(splits["train"]),'
    yield f"{2 * INDENT}epochs=EPOCHS,"
    yield f"{2 * INDENT}steps_per_epoch=STEPS_PER_EPOCH,"
    yield from _class_weights(program)
    if "validation" in examples:
        yield f'{2 * INDENT}validation_data=evaluation_batches(splits["validation"]),'
        yield from (f"{2 * INDENT}{line}" for line in _frequency(program))
    if callbacks := callbacks_of(program):
        yield from wrapped(f"callbacks=[{', '.join(callbacks)}],", 2 * INDENT)
    yield f"{2 * INDENT}shuffle=False,  # they come in an order already"
    yield f"{2 * INDENT}verbose=2,"
    yield f"{INDENT})"
    if "test" in examples:
        test = 'evaluation_batches(splits["test"]), verbose=0, return_dict=True'
        yield f"{INDENT}print(model.evaluate({test}))"
    yield f"{INDENT}model.save_weights({source_of(f'{program.name}.weights.h5')})"
