"""The parts of the data: which there are, how large, and whether they overlap."""

from collections.abc import Iterator, Mapping

from recipe.catalog.calls import Call, Value
from recipe.diagnostics.lint_columns import RandomOverTime, SharedRows
from recipe.diagnostics.lint_parts import (
    BatchOverData,
    CountLikePercent,
    NothingHeldOut,
    SamePart,
    SmallValidation,
)
from recipe.program.facts import Column
from recipe.program.programs import Program
from recipe.program.sections import section

PARTS = ("train", "validation", "test")
HELD_OUT = ("validation", "test")
# Sets of fewer are toys and tests of the pipeline.
ENOUGH = 100
# A whole number up to here may be meant as a percentage, where it is less than a fiftieth of the data.
LIKE_PERCENT, FIFTIETH = 50, 50
# 1.96 sqrt(0.25 / n) is ten points.
FEW = 97
SHARED = 0.01


def same_part(program: Program) -> Iterator[SamePart]:
    """L501: parts that read one source."""
    sources = [(part, program.data.sources[part]) for part in PARTS if part in program.data.sources]
    for index, (part, source) in enumerate(sources):
        for first, earlier in sources[:index]:
            if _plain(source) == _plain(earlier):
                yield SamePart(source.origin.span, part, first, earlier.origin.span)
                break


def _plain(value: Value) -> object:
    """A value without where it was written."""
    if isinstance(value, Call):
        return value.name, {name: _plain(argument.value) for name, argument in value.arguments.items()}
    if isinstance(value, tuple):
        return tuple(_plain(item) for item in value)
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return value


def nothing_held_out(program: Program) -> Iterator[NothingHeldOut]:
    """L502: neither validation nor test, of more than a handful of examples."""
    examples = _examples(program)
    if examples.get("train", 0) >= ENOUGH and not any(part in examples for part in HELD_OUT):
        yield NothingHeldOut(program.data.span, examples["train"])


def count_like_percent(program: Program) -> Iterator[CountLikePercent]:
    """L503: a number of examples in `split` that looks like a percentage."""
    examples = _examples(program)
    split = section(section(program.spec, "data"), "split")
    for part in HELD_OUT:
        count = split.get(part)
        if part in program.data.sources or part not in examples or not isinstance(count, int):
            continue
        divided = [name for name in PARTS if name == "train" or name not in program.data.sources]
        whole = sum(examples.get(name, 0) for name in divided)
        if 0 < count <= LIKE_PERCENT and count * FIFTIETH < whole:
            yield CountLikePercent(split.span_of(part), part, count, whole)


def batch_over_data(program: Program) -> Iterator[BatchOverData]:
    """L507: a batch size above the number of examples."""
    training = section(program.spec, "training")
    size, examples = training["batch_size"], _examples(program).get("train", 0)
    if isinstance(size, int) and training.arguments["batch_size"].origin.span and size > examples > 0:
        yield BatchOverData(training.span_of("batch_size"), size, examples)


def small_validation(program: Program) -> Iterator[SmallValidation]:
    """L508: so few validation examples that an accuracy is known to no better than ten points.

    Where the number of examples was probably meant as a percentage, L503 has said enough.
    """
    examples = _examples(program).get("validation", 0)
    targets = program.facts.targets if program.facts else ()
    is_slip = any(found.part == "validation" for found in count_like_percent(program))
    labelled = any(target.kind != "number" and target.has_one_answer for target in targets)
    if 0 < examples < FEW and not is_slip and labelled:
        yield SmallValidation(program.data.split.span or program.data.span, examples)


def shared_rows(program: Program) -> Iterator[SharedRows]:
    """L512: more than one in a hundred of a part are training examples.

    A table of few values repeats itself by chance: an array or a column of many values must tell rows apart.
    Equal rows of different groups are none of one that was copied: a short sentence stands in many books.
    """
    examples, facts = _examples(program), program.facts
    train = examples.get("train", 0)
    split = section(section(program.spec, "data"), "split")
    if (
        facts is None
        or train < ENOUGH
        or split["group"] is not None
        or not any(_tells_rows_apart(column, train) for column in facts.columns)
    ):
        return
    for part in HELD_OUT:
        count = facts.repeated.get(part, 0)
        if count > SHARED * examples.get(part, 0):
            yield SharedRows(program.data.span, part, count, examples[part])


def random_over_time(program: Program) -> Iterator[RandomOverTime]:
    """L517: rows with a date that are divided at random."""
    data = section(program.spec, "data")
    split, columns = section(data, "split"), program.facts.columns if program.facts else ()
    dated = [column.name for column in columns if column.kind == "date"]
    is_random = split["time"] is None and split["group"] is None
    if dated and is_random and any(split[part] for part in (*HELD_OUT, "folds")):
        yield RandomOverTime(data.span_of("split"), dated[0])


def _tells_rows_apart(column: Column, examples: int) -> bool:
    distinct = column.statistics.get("distinct", examples)
    return isinstance(distinct, int) and distinct * 2 > examples


def _examples(program: Program) -> Mapping[str, int]:
    return program.facts.examples if program.facts else {}
