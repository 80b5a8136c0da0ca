"""R350-R359: what stands between a gradient and a weight, and does not go together."""

from typing import ClassVar

from recipe.diagnostics.problems import Problem


class TooManyParts(Problem):
    """A batch that is computed in more parts than it has examples."""

    code: ClassVar[str] = "R350"
    why: ClassVar[str] = "a part has at least one example, so the number written would not be the one used"
    bad: ClassVar[str] = "training: {epochs: 5, batch_size: 4, accumulate: 8}"
    good: ClassVar[str] = "training: {epochs: 5, batch_size: 32, accumulate: 8}"

    parts: int
    examples: int

    @property
    def message(self) -> str:
        return (
            f"`training.accumulate` must be at most the examples of a batch, {self.examples:,}. "
            f"Received: {self.parts:,}"
        )

    @property
    def help(self) -> str:
        return "`batch_size` is the examples of one update; `accumulate` divides them"
