"""What a schedule is measured with: its peak, and the run's length in steps."""

from dataclasses import dataclass

from recipe.catalog.calls import Argument, Origin, Unknown
from recipe.diagnostics.conflicts_runs import StretchTooLong
from recipe.diagnostics.problems import Problem
from recipe.language.durations import Duration
from recipe.program.programs import Training
from recipe.program.settling import EXAMPLES, Clock, can_count, length_of, share_of_run


@dataclass(frozen=True, slots=True)
class Scale:
    """What the shares and stretches of one schedule become.

    Args:
        path: where the schedule is written: `schedule`.
        peak: what its shares are of.
        training: the settled run.
        clock: None while the data is unknown.
        problems: where problems go.
    """

    path: str
    peak: Argument
    training: Training
    clock: Clock | None
    problems: list[Problem]

    @property
    def total_steps(self) -> int | Unknown:
        """Of the run."""
        return self.training.total_steps

    def knows(self, duration: Duration, path: str, argument: Argument) -> bool:
        """Whether a duration can be counted; a problem is told when the data has nothing like it."""
        return can_count(self.clock, duration, path, argument.origin.span, self.problems)

    def stretch(self, argument: Argument, path: str, *, within: bool = True) -> Argument:
        """A duration, or each of several, in steps.

        Args:
            argument: that was written.
            path: where, for messages.
            within: whether it must lie within the run.
        """
        written = argument.value
        several = written if isinstance(written, tuple) else (written,)
        settled = [
            self._steps(one, argument, path, within=within) for one in several if isinstance(one, Duration)
        ]
        reason = ", ".join(map(str, several))
        origin = Origin(argument.origin.span, reason, argument.origin.overrode)
        return Argument(tuple(settled) if isinstance(written, tuple) else settled[0], origin)

    def _steps(self, duration: Duration, argument: Argument, path: str, *, within: bool) -> int | Unknown:
        if self.clock is None:
            share = share_of_run(duration, self.training)
            if within and share is not None and share > 1:
                length = length_of(self.training)
                self.problems.append(StretchTooLong(argument.origin.span, path, str(duration), None, length))
            return EXAMPLES
        if not self.knows(duration, path, argument):
            return EXAMPLES
        steps = self.clock.steps(duration)
        if within and steps > self.clock.total_steps:
            length = length_of(self.training)
            self.problems.append(StretchTooLong(argument.origin.span, path, str(duration), steps, length))
        return steps
