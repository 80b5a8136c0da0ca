"""A list of phases: how long each is, and from which share of the peak to which it goes."""

import math
from collections.abc import Sequence
from itertools import accumulate, pairwise

from recipe.catalog import lookup
from recipe.catalog.calls import Argument, Call, Origin, Value
from recipe.diagnostics.schedules import RestTwice, StretchesDoNotFit
from recipe.diagnostics.spans import Span
from recipe.language.durations import Duration
from recipe.program.settling import EXAMPLES, share_of_run
from recipe.program.stretches import Scale

# Arguments of a phase that say how far it goes; what else it has is an argument of its class.
WAY = frozenset({"for", "from", "to", "at"})
PEAK = 1.0


def settle_phases(written: Sequence[Call], span: Span | None, scale: Scale) -> Call:
    """The phases as one schedule; a lone phase is that schedule itself.

    Args:
        written: one after the other.
        span: where the list is.
        scale: what they are measured with.
    """
    lengths = _lengths(written, span, scale)
    settled, level = [], Argument(PEAK, Origin(None, "the peak"))
    for phase, length in zip(written, lengths, strict=True):
        start, end = _way(phase, level)
        arguments = {"peak": scale.peak, "total_steps": length, "start": start, "end": end}
        own = {name: argument for name, argument in phase.arguments.items() if name not in WAY}
        settled.append(Call(phase.name, phase.target, {**arguments, **own}, phase.origin))
        level = Argument(end.value, Origin(None, "where the phase before ended"))
    if len(settled) == 1:
        return settled[0]
    row = lookup.find("phases", "phases")
    origin = Origin(span)
    return Call("phases", row.target if row else "", {"phases": Argument(tuple(settled), origin)}, origin)


def _way(phase: Call, level: Argument) -> tuple[Argument, Argument]:
    """The shares of the peak at the beginning and the end of a phase."""
    if "at" in phase:
        held = _said(phase.arguments["at"], level)
        return held, held
    start = _said(phase.arguments["from"], level)
    rises = float(str(start.value)) < PEAK
    goal = (
        Argument(PEAK, Origin(None, "up to the peak"))
        if rises
        else Argument(0.0, Origin(None, "down to zero"))
    )
    return start, _said(phase.arguments["to"], goal)


def _said(argument: Argument, otherwise: Argument) -> Argument:
    return otherwise if argument.value == "auto" else argument


def _lengths(written: Sequence[Call], span: Span | None, scale: Scale) -> list[Argument]:
    """Updates of each phase, unknown while the run's length is; together the whole run."""
    unknown: list[Argument] = [Argument(EXAMPLES, phase.arguments["for"].origin) for phase in written]
    resting = [phase for phase in written if phase["for"] is None]
    if len(resting) > 1:
        first, second = (phase.origin.span for phase in resting[:2])
        scale.problems.append(RestTwice(second, scale.path, first))
        return unknown
    if scale.clock is None:
        _check_shares(written, span, scale, has_rest=bool(resting))
        return unknown
    spoken = [_exact(phase["for"], phase, scale) for phase in written]
    known = [length for length in spoken if length is not None]
    if len(known) + len(resting) < len(written):
        return unknown
    total, together = scale.clock.total_steps, sum(known)
    if together >= total if resting else _whole(together) != total:
        scale.problems.append(StretchesDoNotFit(span, scale.path, _whole(together), total, rest=not resting))
        return unknown
    rest = total - together
    borders = [0, *map(_whole, accumulate(rest if length is None else length for length in spoken))]
    return [
        Argument(after - before, _origin(phase.arguments["for"]))
        for phase, (before, after) in zip(written, pairwise(borders), strict=True)
    ]


def _check_shares(written: Sequence[Call], span: Span | None, scale: Scale, *, has_rest: bool) -> None:
    """Tell lengths that are more than the run, whatever the data; less may be a matter of rounding."""
    together = round(sum(share_of_run(phase["for"], scale.training) or 0.0 for phase in written), 9)
    if together > 1 or (has_rest and together == 1):
        scale.problems.append(StretchesDoNotFit(span, scale.path, 100 * together, None, rest=not has_rest))


def _exact(length: Value, phase: Call, scale: Scale) -> float | None:
    """A length in updates before it is rounded; None when it is not written, or cannot be counted."""
    if not isinstance(length, Duration):
        return None
    counted = scale.knows(length, f"{scale.path}.{phase.name}.for", phase.arguments["for"])
    return scale.clock.exact(length) if scale.clock and counted else None


def _whole(steps: float) -> int:
    return math.ceil(round(steps, 9))


def _origin(length: Argument) -> Origin:
    said = "the rest of the run" if length.value is None else str(length.value)
    return Origin(length.origin.span, said, length.origin.overrode)
