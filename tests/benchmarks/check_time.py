"""CPU time of `recipe check` on the shipped specs.

    python -m tests.benchmarks.check_time [--processes N]

User and system time of a whole process, from start to end, over N processes; the last line is one
process that checks all specs. A loaded machine makes the numbers larger, never smaller. Python may keep its
byte code, as it does for an installed package: compiling 200 modules anew takes another 0.1 s.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from recipe.program.shipped import SPECS, shipped_specs
from recipe.report.tables import table_lines

COMMAND = (sys.executable, "-m", "recipe.cli.main", "check")
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def cpu_seconds(paths: Sequence[Path]) -> float:
    """User and system time of one process that checks the files.

    Raises:
        subprocess.CalledProcessError: when a spec has an error.
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([*COMMAND, *map(str, paths)], check=True, capture_output=True, env=ENVIRONMENT)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def row(name: str, paths: Sequence[Path], processes: int) -> tuple[str, ...]:
    """A line of the table: mean, smallest and largest time."""
    cpu_seconds(paths)  # fills the caches of the file system and of Python
    seconds = [cpu_seconds(paths) for _ in range(processes)]
    return (name, *(f"{value:.3f}" for value in (statistics.fmean(seconds), min(seconds), max(seconds))))


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description="CPU time of `recipe check` on the shipped specs.")
    parser.add_argument("--processes", type=int, default=10, metavar="N", help="a line")
    processes = parser.parse_args(arguments).processes
    paths = {name: SPECS / f"{name}.yaml" for name in shipped_specs()}
    rows = [row(name, [path], processes) for name, path in paths.items()]
    rows.append(row(f"all {len(paths)}", list(paths.values()), processes))
    sys.stdout.write("\n".join(table_lines([("CPU seconds", "mean", "least", "most"), *rows])) + "\n")


if __name__ == "__main__":
    main()
