"""Targets that are sequences of classes: what fills them up to one length is neither learned nor counted."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from recipe.catalog.calls import Argument, Call, Origin, Value
from recipe.diagnostics.conflicts import CountsFilling
from recipe.program.batch_steps import MIXING
from recipe.program.facts import FILLING, Facts
from recipe.program.objectives import Objectives, takes_indices
from recipe.program.sections import items_of, section

_FILLED = Origin(None, "sequences are filled up")
_WORDS = ("label_smoothing", *MIXING)


def is_filled(spec: Call, name: str, facts: Facts | None) -> bool:
    """Whether the target of an output is a sequence of classes.

    Args:
        spec: the checked spec.
        name: of the output; of a lone one any.
        facts: None while the data is not read.
    """
    if facts is not None:
        return any(one.is_sequence for one in facts.targets if one.name == name or len(facts.targets) == 1)
    written = section(spec, "data").get("target")
    kinds = written if isinstance(written, Mapping) else {}
    found = kinds.get(name) or next(iter(kinds.values()), None)
    return isinstance(found, Call) and found.name == "sequence"


def misfits(spec: Call, loss: Value, metrics: Value) -> Iterator[CountsFilling]:
    """What takes classes one-hot, of which the filling has none.

    Args:
        spec: the checked spec, for its regularization.
        loss: as it was written for the output.
        metrics: likewise.
    """
    regularization = section(spec, "regularization")
    for word in _WORDS:
        if regularization.get(word):
            yield CountsFilling(regularization.span_of(word), word)
    for call in (*items_of(loss if isinstance(loss, tuple) else (loss,)), *items_of(metrics)):
        if call.target != "recipe:accuracy" and not takes_indices(call):
            yield CountsFilling(call.origin.span, call.name)


def over_steps(found: Objectives) -> Objectives:
    """A loss and metrics of classes by index that look at nothing behind the last step."""
    if found.one_hot:  # refused
        return found
    losses = found.loss.get("losses")
    loss = _ignoring(found.loss)
    if isinstance(losses, tuple):
        each = tuple(_ignoring(one) for one in losses if isinstance(one, Call))
        loss = found.loss.with_argument("losses", each, found.loss.origin)
    return replace(found, loss=loss, metrics=tuple(map(_counting, found.metrics)))


def _ignoring(loss: Call) -> Call:
    return loss.with_argument("ignore_class", FILLING, _FILLED)


def _counting(metric: Call) -> Call:
    arguments = {
        "metric": Argument(metric, metric.origin),
        "filling": Argument(FILLING, _FILLED),
        "name": metric.arguments["name"],
    }
    return Call(metric.name, "recipe.components.over_steps.MetricOverSteps", arguments, metric.origin)
