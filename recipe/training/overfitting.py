"""The watch on the gap between training and validation, over the epochs that a run has done."""

import math
from collections.abc import Sequence

from recipe.diagnostics.monitoring import TooFarBehind
from recipe.program.gaps import gap_of
from recipe.program.knobs import knobs
from recipe.program.programs import Overfitting, Program
from recipe.training.rows import EpochRow


def too_far_behind(program: Program, rows: Sequence[EpochRow]) -> TooFarBehind | None:
    """What to tell after an epoch; None before the gap was too large for long enough, and after it was told.

    It hangs on nothing but the rows, which are part of every checkpoint: a run that goes on tells and does
    the same.

    Args:
        program: that is trained.
        rows: one an epoch, the newest last.
    """
    watched = program.overfitting
    if watched is None or not has_fallen_behind(watched, rows) or has_fallen_behind(watched, rows[:-1]):
        return None
    last = rows[-1]
    return TooFarBehind(
        program.spec.span_of("monitor"),
        metric=watched.metric,
        training=last.logs[watched.metric],
        validation=last.logs[f"val_{watched.metric}"],
        epoch=last.epoch,
        gap=watched.gap,
        patience=int(str(watched.patience)),
        knobs=knobs(program),
        stops=watched.stops,
    )


def has_fallen_behind(watched: Overfitting, rows: Sequence[EpochRow]) -> bool:
    """Whether the gap was too large in enough epochs in a row."""
    in_a_row, patience = 0, int(str(watched.patience))
    for row in rows:
        gap = gap_of(row.logs, watched.metric, watched.direction)
        if math.isnan(gap):  # an epoch that is not validated
            continue
        in_a_row = in_a_row + 1 if gap > watched.gap else 0
        if in_a_row >= patience:
            return True
    return False
