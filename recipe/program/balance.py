"""How much the classes of a target count, and how often they come."""

from collections.abc import Iterator, Mapping, Sequence

from recipe.catalog.calls import Call, Origin, Value
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.weights import NeedsClasses, NoSuchClass
from recipe.program.facts import Facts, Target
from recipe.program.programs import BatchStep, Phase, Side

BALANCED = "balanced"
CLASS_WEIGHTS = "recipe.components.class_weights.ClassWeights"


def class_weight_steps(training: Call, facts: Facts, problems: list[Problem]) -> Iterator[BatchStep]:
    """A step for every target with classes that gives each example the weight of its class, in training.

    Args:
        training: its section.
        facts: of the data, for classes and how often they occur.
        problems: R362 and R363 are appended.
    """
    written = training.get("class_weight")
    if written is None:
        return
    origin = Origin(training.span_of("class_weight"), "training.class_weight")
    with_classes = tuple(target for target in facts.targets if target.classes and not target.are_labels)
    by_name = isinstance(written, Mapping)
    if not with_classes or (by_name and len(with_classes) > 1):
        needed = "one target with classes" if by_name else "a target with classes"
        problems.append(_misfit(origin, "training.class_weight", written, needed, facts))
        return
    for target in with_classes:
        weights = _weights(written, target, origin, problems)
        call = Call("ClassWeights", CLASS_WEIGHTS, origin=origin).with_argument("weights", weights, origin)
        name = "class_weight" if len(facts.targets) == 1 else f"{target.name}.class_weight"
        yield BatchStep(name, call, Side.WEIGHT, Phase.TRAINING, target.name)


def balanced_by(training: Call, facts: Facts | None, problems: list[Problem]) -> str:
    """The target whose classes are drawn equally often; empty where examples come as they are."""
    if training["sampling"] != BALANCED or facts is None:
        return ""
    found = [target.name for target in facts.targets if target.classes and target.has_one_answer]
    if not found:
        origin = Origin(training.span_of("sampling"))
        needed = "a target with one class for each example"
        problems.append(_misfit(origin, "training.sampling", BALANCED, needed, facts))
        return ""
    return found[0]


def _misfit(origin: Origin, path: str, written: Value, needed: str, facts: Facts) -> Problem:
    value = "{...}" if isinstance(written, Call | Mapping) else str(written)
    kinds = "; ".join(f"`{target.name}`, {_described(target)}" for target in facts.targets)
    return NeedsClasses(origin.span, path, value, needed, kinds)


def _described(target: Target) -> str:
    """What a target is, in words."""
    if target.are_labels:
        return f"{target.described}, of which an example has any number"
    return f"{target.described}{' at each position' * (target.is_array and not target.is_mask)}"


def _weights(written: Value, target: Target, origin: Origin, problems: list[Problem]) -> tuple[float, ...]:
    """The weight of every class of a target, in their order."""
    if isinstance(written, Call):
        return effective_number(target.counts, float(str(written["effective_number"])))
    if not isinstance(written, Mapping):
        return balanced(target.counts)
    for name in written:
        if name not in target.classes:
            problems.append(NoSuchClass(origin.span, target.name, name, target.classes))
    return tuple(float(str(written.get(name, 1.0))) for name in target.classes)


def balanced(counts: Sequence[int]) -> tuple[float, ...]:
    """Weights with which all classes count alike, and an example 1 on average.

    A class of n examples of N, of C classes that occur, has the weight N / (C n), as in scikit-learn.

    >>> balanced([30, 10])
    (0.6666666666666666, 2.0)
    """
    present = sum(count > 0 for count in counts)
    return tuple(sum(counts) / (present * count) if count else 0.0 for count in counts)


def effective_number(counts: Sequence[int], beta: float) -> tuple[float, ...]:
    """Weights by the effective number of examples (arXiv 1901.05555, equation 5), C of them in sum.

    A class of n examples has a weight in proportion to (1 - beta) / (1 - beta^n).

    >>> [round(weight, 3) for weight in effective_number([1000, 10], 0.99)]
    [0.175, 1.825]
    """
    inverse = [(1.0 - beta) / (1.0 - beta**count) if count else 0.0 for count in counts]
    return tuple(len(counts) * one / sum(inverse) for one in inverse)
