"""Classes that are too rare, or nearly everything."""

from collections.abc import Iterator

from recipe.diagnostics.lint_data import FreeAccuracy, RareClass
from recipe.diagnostics.lint_parts import UnevenSplit
from recipe.lint.parts import ENOUGH, HELD_OUT
from recipe.program.facts import Target
from recipe.program.programs import Program

NEARLY_ALL = 0.9
RARE = 20
# A part is expected to hold so many of a class before its share says anything.
EXPECTED = 5
PLAIN_ACCURACIES = frozenset(
    """
    Accuracy BinaryAccuracy CategoricalAccuracy SparseCategoricalAccuracy SparseTopKCategoricalAccuracy
    TopKCategoricalAccuracy
    """.split()
)


def free_accuracy(program: Program) -> Iterator[FreeAccuracy]:
    """L504: nothing but accuracies are measured where one class is nine tenths of the examples."""
    plain = all(metric.name in PLAIN_ACCURACIES for metric in program.metrics)
    for target in _exclusive(program):
        largest = max(range(len(target.counts)), key=target.counts.__getitem__)
        rarest = min(range(len(target.counts)), key=target.counts.__getitem__)
        share = target.counts[largest] / sum(target.counts)
        if program.metrics and plain and share >= NEARLY_ALL:
            yield FreeAccuracy(
                program.spec.span_of("metrics"),
                target.name,
                target.classes[largest],
                share,
                target.classes[rarest],
                rarest,
                target.kind == "flag",
            )


def rare_class(program: Program) -> Iterator[RareClass]:
    """L505: classes with fewer than twenty examples, in a set that is no toy."""
    for target in _counted(program):
        rare = tuple(pair for pair in zip(target.classes, target.counts, strict=True) if pair[1] < RARE)
        if rare and sum(target.counts) >= ENOUGH:
            yield RareClass(program.data.span, target.name, rare, RARE)


def uneven_split(program: Program) -> Iterator[UnevenSplit]:
    """L509: a rare class that chance may leave out of a part that is split off."""
    split = program.data.split
    if program.facts is None or split.stratified or split.group is not None or split.time is not None:
        return
    for part in HELD_OUT:
        examples = program.facts.examples.get(part, 0)
        if part in program.data.sources or not examples:
            continue
        for target in _stratifiable(program)[:1]:
            count, name = min(zip(target.counts, target.classes, strict=True))
            expected = count / sum(target.counts) * examples
            if expected < EXPECTED and sum(target.counts) >= ENOUGH:
                yield UnevenSplit(split.span, name, part, expected)


def _counted(program: Program) -> tuple[Target, ...]:
    """The targets that have classes with counts; the tokens of a language are rare by its nature."""
    targets = program.facts.targets if program.facts else ()
    return tuple(target for target in targets if sum(target.counts) and target.classes and not target.later)


def _exclusive(program: Program) -> tuple[Target, ...]:
    """Those whose classes have shares of the examples, one in sum; labels stand beside each other."""
    return tuple(target for target in _counted(program) if not target.are_labels)


def _stratifiable(program: Program) -> tuple[Target, ...]:
    """Those with one class for each example; one with a class for each position cannot be stratified."""
    return tuple(target for target in _counted(program) if target.has_one_answer)
