"""A run that is good enough ends: every metric of `training.stop_at` has reached its value in one epoch."""

import math
from collections.abc import Sequence

from recipe.program.programs import Goal
from recipe.training.rows import EpochRow


def reached(goals: Sequence[Goal], rows: Sequence[EpochRow]) -> bool:
    """Whether the newest epoch has reached all goals; a value that is no number has reached none."""
    return bool(goals and rows) and all(_is_reached(goal, rows[-1]) for goal in goals)


def _is_reached(goal: Goal, row: EpochRow) -> bool:
    value = row.logs.get(goal.metric, math.nan)
    return value >= goal.value if goal.direction == "max" else value <= goal.value


def sentence(goals: Sequence[Goal], rows: Sequence[EpochRow]) -> str:
    """What was reached, and the time from the first step until then, validation included."""
    last, seconds = rows[-1], sum(row.seconds for row in rows)
    found = " and ".join(f"{goal.metric} reached {last.logs[goal.metric]:.4f}" for goal in goals)
    return f"{found} after {_time_text(seconds)}"


def _time_text(seconds: float) -> str:
    """A time as people say it.

    >>> _time_text(4.26), _time_text(252.0), _time_text(7260.0)
    ('4.3 s', '4 min 12 s', '2 h 1 min')
    """
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
