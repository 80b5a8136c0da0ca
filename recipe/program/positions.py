"""Targets with an answer at each of several positions: what is no answer is neither learned nor counted.

Of a sequence it is what fills it up to one length, of a mask the pixels that are ignored.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from recipe.catalog import lookup
from recipe.catalog.calls import Argument, Call, Origin, Unknown, Value
from recipe.diagnostics.conflicts import CountsFilling, DoesNotFitTarget
from recipe.diagnostics.problems import Problem
from recipe.program.batch_steps import MIXING
from recipe.program.facts import FILLING, NO_NUMBER, Facts, Target
from recipe.program.objectives import OBJECTIVES, Objectives, kind_learned, takes_indices
from recipe.program.probabilities import OVER_PROBABILITIES, takes
from recipe.program.sections import items_of, section

_COMPONENTS = "recipe.components.over_positions"
_OVERLAPS = frozenset({"MeanIoU", "IoU", "BinaryIoU", "OneHotIoU", "OneHotMeanIoU"})
_IGNORED = Origin(None, "positions without an answer are left out")
_OF_DATA = Origin(None, "facts of the data")


@dataclass(frozen=True, slots=True)
class Positions:
    """What is known of the positions of a target.

    Args:
        ignored: what stands in place of an answer where there is none; None where all have one.
        is_mask: whether they are pixels.
        kind: of an answer: `category`, `flag` for two classes that one number says, or `number`.
        classes: how many; None while the data is not read.
    """

    ignored: int | str | None
    is_mask: bool
    kind: str = "category"
    classes: int | None = None

    @property
    def nothing(self) -> str:
        """What has no answer, in words."""
        return "the ignored pixels of a mask" if self.is_mask else "what fills up a sequence"


def positions_of(spec: Call, name: str, facts: Facts | None) -> Positions | None:
    """The positions of the target of an output; None where it has none, or these are not treated here.

    Args:
        spec: the checked spec.
        name: of the output; of a lone one any.
        facts: None while the data is not read.
    """
    if facts is not None:
        found = (one for one in facts.targets if one.name == name or len(facts.targets) == 1)
        return next((_of(target) for target in found if target.is_sequence or target.is_mask), None)
    written = section(spec, "data").get("target")
    kinds = written if isinstance(written, Mapping) else {}
    kind = kinds.get(name) or next(iter(kinds.values()), None)
    if not isinstance(kind, Call):
        return None
    ignored = NO_NUMBER if kind_learned(kind) == "number" else FILLING
    known = {
        "sequence": Positions(ignored, is_mask=False, kind=kind_learned(kind)),
        "mask": Positions(None, is_mask=True),
    }
    return known.get(kind.name)


def _of(target: Target) -> Positions:
    return Positions(target.not_counted, target.is_mask, target.kind, len(target.classes))


def misfits(spec: Call, loss: Value, metrics: Value, positions: Positions) -> Iterator[Problem]:
    """What would learn or count positions without an answer, and overlaps of other classes than there are.

    Args:
        spec: the checked spec, for its regularization.
        loss: as it was written for the output.
        metrics: likewise.
        positions: of the target.
    """
    yield from _other_overlaps(metrics, positions)
    if positions.ignored is None:
        return
    regularization = section(spec, "regularization")
    for word in ("label_smoothing", *MIXING) if positions.kind == "category" else MIXING:
        if regularization.get(word):
            yield CountsFilling(
                regularization.span_of(word), word, positions.nothing, _instead(word, positions)
            )
    losses = items_of(loss if isinstance(loss, tuple) else (loss,))
    for call in (*losses, *items_of(metrics)) if positions.kind == "category" else losses:
        if not lookup.find("metric_word", call.name) and not _leaves_out(call, positions):
            yield CountsFilling(
                call.origin.span, call.name, positions.nothing, _instead(call.name, positions)
            )


def _other_overlaps(metrics: Value, positions: Positions) -> Iterator[DoesNotFitTarget]:
    """Overlaps that look for the largest of several numbers where one says two classes, and the reverse."""
    kind = "mask of two classes" if positions.kind == "flag" else "mask of more than two classes"
    instead = "BinaryIoU" if positions.kind == "flag" else "MeanIoU"
    for call in items_of(metrics) if positions.is_mask and positions.classes else ():
        if call.name in _OVERLAPS and (call.name == "BinaryIoU") != (positions.kind == "flag"):
            yield DoesNotFitTarget(call.origin.span, "metrics", call.name, kind, f"`{instead}`")


def _leaves_out(call: Call, positions: Positions) -> bool:
    if call.name == "BinaryIoU":  # told where it does not fit
        return True
    if positions.kind == "category":
        return takes_indices(call)
    is_count = positions.kind == "number" and call.name == "Poisson"
    return is_count or (call.name not in OVER_PROBABILITIES and not takes_indices(call))


def _instead(word: str, positions: Positions) -> str:
    """The loss, or the metric, of which the like goes."""
    if word in ("label_smoothing", *MIXING):
        return ""
    return OBJECTIVES[positions.kind].loss


def over_positions(found: Objectives, positions: Positions) -> Objectives:
    """A loss and metrics that look at positions with an answer only, and overlaps that know the classes."""
    if found.one_hot and positions.ignored is not None:  # refused
        return found
    loss = found.loss
    if positions.ignored is not None:
        losses = loss.get("losses")
        if isinstance(losses, tuple):
            each = tuple(_ignoring(one, positions.ignored) for one in losses if isinstance(one, Call))
            loss = loss.with_argument("losses", each, loss.origin)
        else:
            loss = _ignoring(loss, positions.ignored)
    return replace(found, loss=loss, metrics=tuple(_counting(one, positions) for one in found.metrics))


def _ignoring(loss: Call, ignored: int | str) -> Call:
    if takes("loss", loss, "ignore_class"):
        return loss.with_argument("ignore_class", ignored, _IGNORED)
    arguments = {
        "loss": Argument(loss.without("weight"), loss.origin),
        "ignored": Argument(ignored, _IGNORED),
        **{name: one for name, one in loss.arguments.items() if name == "weight"},
    }
    return Call(loss.name, f"{_COMPONENTS}.LossOverPositions", arguments, loss.origin)


def _counting(metric: Call, positions: Positions) -> Call:
    overlaps = metric.name in _OVERLAPS and positions.is_mask
    if positions.ignored is None and not overlaps:
        return metric
    metric = _told(metric, positions) if overlaps else metric
    arguments = {
        "metric": Argument(metric, metric.origin),
        "ignored": Argument(positions.ignored, _IGNORED),
        "name": metric.arguments["name"],
    }
    return Call(metric.name, f"{_COMPONENTS}.MetricOverPositions", arguments, metric.origin)


def _told(metric: Call, positions: Positions) -> Call:
    """An overlap that knows how many classes there are; floats, since examples may count by halves."""
    if takes("metric", metric, "num_classes") and "num_classes" not in metric:
        classes: Value = Unknown(("data.classes",)) if positions.classes is None else positions.classes
        metric = metric.with_argument("num_classes", classes, _OF_DATA)
    if "dtype" in metric:
        return metric
    return metric.with_argument("dtype", "float32", Origin(None, "weights of examples are no integers"))
