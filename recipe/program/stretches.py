"""What a schedule is measured with: its peak, and the run's length in steps."""

from dataclasses import dataclass

from recipe.catalog.calls import Argument, Origin, Unknown
from recipe.diagnostics.conflicts_runs import StretchTooLong
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.schedules import TokensUnknown
from recipe.language.durations import Duration, Unit
from recipe.program.settling import EXAMPLES, Clock


@dataclass(frozen=True, slots=True)
class Scale:
    """What the shares and stretches of one schedule become.

    Args:
        path: where the schedule is written: `schedule`.
        peak: what its shares are of.
        total_steps: of the run.
        clock: None while the data is unknown.
        problems: where problems go.
    """

    path: str
    peak: Argument
    total_steps: int | Unknown
    clock: Clock | None
    problems: list[Problem]

    def knows(self, duration: Duration, path: str, argument: Argument) -> bool:
        """Whether a duration can be counted; a problem is told when the data has nothing like it."""
        if self.clock is None:
            return False
        if duration.unit is not Unit.TOKENS or self.clock.tokens is not None:
            return True
        self.problems.append(TokensUnknown(argument.origin.span, path, str(duration)))
        return False

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
        if self.clock is None or not self.knows(duration, path, argument):
            return EXAMPLES
        steps, total = self.clock.steps(duration), self.clock.total_steps
        if within and steps > total:
            self.problems.append(StretchTooLong(argument.origin.span, path, str(duration), steps, total))
        return steps
