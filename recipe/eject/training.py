"""Batches and `model.fit` of a Program as functions of a script."""

from collections.abc import Iterator

from recipe.catalog.calls import Value
from recipe.eject.calls import call_source, called, source_of
from recipe.eject.lines import INDENT, wrapped
from recipe.eject.sources import facts_of
from recipe.program.facts import IDS
from recipe.program.names import identifier
from recipe.program.programs import EarlyStopping, Phase, Program, Side

STOPPING = "recipe.components.early_stopping.EarlyStopping"
AVERAGES = "AveragedValidation"


def batch_lines(program: Program) -> Iterator[str]:
    """The layers of the batch program, and the function `prepare` that applies them."""
    for step in program.batch:
        yield from wrapped(f"{identifier(step.name)} = {call_source(step.call, name=step.name)}")
    if program.batch:
        yield from ("", "")
    yield "def prepare(inputs: Any, targets: Any, training: bool) -> tuple[Any, Any]:"
    yield f'{INDENT}"""A batch as the network is fed with it; random steps run in training only."""'
    facts = facts_of(program).inputs.values()
    if len(facts) == 1 and next(iter(facts)).dtype != IDS:
        yield f'{INDENT}inputs = keras.ops.cast(inputs, "float32")'
    inside = False
    for step in program.batch:
        values = "inputs" if step.side is Side.INPUT else "targets"
        random = step.phase is Phase.TRAINING
        if random and not inside:
            yield f"{INDENT}if training:"
        inside = random
        further, indent = (", training=True", 2 * INDENT) if random else ("", INDENT)
        if step.mask:
            yield f"{indent}inputs, targets = moved({identifier(step.name)}, inputs, targets)"
        else:
            yield f"{indent}{values} = {identifier(step.name)}({values}{further})"
    yield f"{INDENT}return inputs, targets"


def keeps_averages(program: Program) -> bool:
    """Whether averaged weights are what is validated."""
    return program.update.average_decay is not None and "validation" in facts_of(program).examples


def _callbacks(program: Program) -> list[str]:
    """The callbacks of `fit` as expressions."""
    settled = program.early_stopping
    found = [f"{AVERAGES}()"] if keeps_averages(program) else []
    return found if settled is None else [*found, _stopping(settled)]


def _stopping(settled: EarlyStopping) -> str:
    """The callback that ends a run and brings the best weights back."""
    arguments: dict[str, Value] = {
        "monitor": settled.metric,
        "mode": settled.direction,
        "patience": settled.patience,
        "min_delta": settled.minimum_delta,
        "start_from_epoch": settled.after,
        "restore_best_weights": True,
    }
    return called("EarlyStopping", {name: source_of(value) for name, value in arguments.items()})


def main_lines(program: Program) -> Iterator[str]:
    """The function `main`: train, measure on the test split, save."""
    examples = facts_of(program).examples
    yield "def main() -> None:"
    yield f'{INDENT}"""Train the network, measure it on what it has not seen, and save its weights."""'
    yield f"{INDENT}splits = load_splits()"
    yield f"{INDENT}model = initialized_network()"
    yield f"{INDENT}model.compile("
    yield f"{2 * INDENT}optimizer=build_optimizer(model),"
    yield from wrapped(f"loss={call_source(program.loss)},", 2 * INDENT)
    metrics = ", ".join(call_source(metric) for metric in program.metrics)
    yield from wrapped(f"metrics=[{metrics}],", 2 * INDENT)
    yield f"{2 * INDENT}jit_compile=False,"
    yield f"{INDENT})"
    yield f"{INDENT}trace_by_batch_size(model)"
    yield f"{INDENT}model.fit("
    yield f'{2 * INDENT}training_batches(splits["train"]),'
    yield f"{2 * INDENT}epochs=EPOCHS,"
    yield f"{2 * INDENT}steps_per_epoch=STEPS_PER_EPOCH,"
    if "validation" in examples:
        yield f'{2 * INDENT}validation_data=evaluation_batches(splits["validation"]),'
    if callbacks := _callbacks(program):
        yield from wrapped(f"callbacks=[{', '.join(callbacks)}],", 2 * INDENT)
    yield f"{2 * INDENT}shuffle=False,  # they come in an order already"
    yield f"{2 * INDENT}verbose=2,"
    yield f"{INDENT})"
    if "test" in examples:
        test = 'evaluation_batches(splits["test"]), verbose=0, return_dict=True'
        yield f"{INDENT}print(model.evaluate({test}))"
    yield f"{INDENT}model.save_weights({source_of(f'{program.name}.weights.h5')})"
