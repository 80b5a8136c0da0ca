"""Accuracy of the shipped specs over seeds: the numbers of their headers.

    python -m tests.benchmarks.accuracy [SPEC...] [--seeds N] [--set path=value]... [--json FILE]

Without a SPEC all shipped ones are trained. A spec is the name of a shipped one or a path. The spread is the
sample standard deviation of one seed; the seconds are those of training and validation, without the start.
"""

import argparse
import json
import statistics
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import recipe
from recipe.diagnostics.problems import RecipeError
from recipe.program.shipped import SPECS, shipped_specs
from recipe.report.tables import table_lines

HEADER = ("spec", "split", "metric", "mean", "spread", "worst", "best", "seconds")


@dataclass(frozen=True, slots=True)
class Measurement:
    """What one spec reached.

    Args:
        spec: its name.
        split: where it was measured; `train` for a spec without a test split.
        metric: the first that is not the loss.
        parameters: of the network.
        values: one a seed, from seed 1 on.
        seconds: of training, one a seed.
    """

    spec: str
    split: str
    metric: str
    parameters: int
    values: tuple[float, ...]
    seconds: tuple[float, ...]

    @property
    def row(self) -> tuple[str, ...]:
        """The line of the table."""
        spread = statistics.stdev(self.values) if len(self.values) > 1 else 0.0
        numbers = (statistics.fmean(self.values), spread, min(self.values), max(self.values))
        shown = (f"{number:.4f}" for number in numbers)
        return (self.spec, self.split, self.metric, *shown, f"{statistics.fmean(self.seconds):.1f}")


def measure(spec: str, seeds: Sequence[int], overrides: Sequence[str]) -> Measurement:
    """Train a spec once a seed.

    Raises:
        RecipeError: when the spec or its data cannot be used.
    """
    path = SPECS / f"{spec}.yaml" if spec in shipped_specs() else Path(spec)
    runs, scores = [], []
    for seed in seeds:
        run = recipe.fit(recipe.load(path, [*overrides, f"runtime.seed={seed}"]), keep=False)
        runs.append(run)
        scores.append(run.test or run.outcome.rows[-1].logs)
        shown = ", ".join(f"{name} {value:.4f}" for name, value in scores[-1].items())
        sys.stderr.write(f"{path.stem}, seed {seed}: {shown}\n")
    metric = next(name for name in scores[0] if name != "loss")
    return Measurement(
        spec=path.stem,
        split="test" if runs[0].test else "train",
        metric=metric,
        parameters=int(runs[0].model.count_params()),
        values=tuple(score[metric] for score in scores),
        seconds=tuple(run.outcome.seconds for run in runs),
    )


def measure_all(
    specs: Sequence[str], seeds: Sequence[int], overrides: Sequence[str]
) -> Iterator[Measurement]:
    """Every spec that can be trained; what is wrong with another is told, and the next one follows."""
    for spec in specs:
        try:
            yield measure(spec, seeds, overrides)
        except RecipeError as error:
            sys.stderr.write(f"{spec}: {error}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; the exit status is 1 when a spec could not be trained."""
    parser = argparse.ArgumentParser(description="Accuracy of the shipped specs over seeds.")
    parser.add_argument("specs", nargs="*", metavar="SPEC", default=shipped_specs())
    parser.add_argument("--seeds", type=int, default=5, metavar="N", help="how many, from 1 on")
    parser.add_argument("--set", dest="overrides", action="append", default=[], metavar="path=value")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every seed's numbers too")
    options = parser.parse_args(arguments)
    seeds = range(1, options.seeds + 1)
    measured = list(measure_all(options.specs, seeds, options.overrides))
    if options.json:
        options.json.write_text(json.dumps([asdict(row) for row in measured], indent=1) + "\n")
    sys.stdout.write("\n".join(table_lines([HEADER, *(row.row for row in measured)])) + "\n")
    return 0 if len(measured) == len(options.specs) else 1


if __name__ == "__main__":
    sys.exit(main())
