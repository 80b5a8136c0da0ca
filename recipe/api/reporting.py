"""Runs as they are told: the page of one, lists and comparisons of many, and how two specs differ."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from recipe.api.checking import Spec
from recipe.api.planning import prepare
from recipe.api.runs import state_of
from recipe.diagnostics.problems import Problem, RecipeError
from recipe.lint.histories import lint_run
from recipe.program.differences import Difference, Neutral, differences, neutral_differences
from recipe.program.programs import Program
from recipe.program.saving import read_program

if TYPE_CHECKING:
    from recipe.report.comparing import Comparison
    from recipe.report.records import Record


def report(run: Path) -> str:
    """The page of a run, as HTML that needs nothing beside it; loads no framework.

    Raises:
        RunFolderError: R601 when this is no run folder, R602 when a file of it is damaged.
    """
    from recipe.report.run_pages import run_page

    return run_page(run, _shown_by(run))


def _shown_by(run: Path) -> Sequence[Problem]:
    """What the numbers of a run show."""
    from recipe.report.records import read_record

    record = read_record(run)
    if record.program is None:
        return ()
    rows = [{"epoch": float(epoch), **record.history.at(epoch)} for epoch in record.history.epochs]
    return lint_run(record.program, rows)


@dataclass(frozen=True, slots=True)
class Listed:
    """A run in a list.

    Args:
        path: the folder.
        state: as `status` says it; `damaged` where it cannot be read.
        record: what the folder says; None where it cannot be read.
        differs: what it trains in another way than the run of its name before it; None for the first.
    """

    path: Path
    state: str
    record: "Record | None"
    differs: tuple[Difference, ...] | None


def runs(place: Path = Path("runs")) -> tuple[Listed, ...]:
    """Every run at a place, by name and number; loads no framework.

    Args:
        place: a folder of runs, or of folders of runs.

    Raises:
        RunFolderError: R601 when there is none.
    """
    from recipe.report.runs import find_runs

    return tuple(_listed(find_runs(place)))


def _listed(folders: Sequence[Path]) -> Iterator[Listed]:
    from recipe.report.records import read_record
    from recipe.training.locks import is_held

    before: dict[str, Program] = {}
    for folder in folders:
        try:
            record = read_record(folder)
        except RecipeError:
            yield Listed(folder, "damaged", None, None)
            continue
        name, program = record.status.name, record.program
        earlier = before.get(name)
        differs = differences(earlier, program) if earlier and program else None
        if program:
            before[name] = program
        state = state_of(record.status, held=is_held(folder))
        yield Listed(folder, state, record, differs)


def compare(places: Sequence[Path]) -> "Comparison":
    """Runs beside each other; loads no framework.

    Args:
        places: run folders, and folders that hold some.

    Raises:
        RunFolderError: R601 or R602 for a folder.
    """
    from recipe.report.comparing import compare as compared

    return compared(places)


@dataclass(frozen=True, slots=True)
class Diff:
    """How two specs differ, as they were settled.

    Args:
        trained: the values that decide what is trained.
        neutral: the others.
    """

    trained: tuple[Difference, ...]
    neutral: tuple[Neutral, ...]


def diff(before: Spec | Path, after: Spec | Path) -> Diff:
    """Compare two specs, or runs by their folders; with a run, the data of a spec are read too.

    Raises:
        RunFolderError: R601 or R602 for a folder.
        DataError: R5xx for the data.
    """
    with_data = isinstance(before, Path) or isinstance(after, Path)
    old, new = (_settled(one, with_data=with_data) for one in (before, after))
    return Diff(differences(old, new), neutral_differences(old, new))


def _settled(given: Spec | Path, *, with_data: bool) -> Program:
    if isinstance(given, Path):
        return read_program(given)
    return prepare(given).program if with_data else given.program
