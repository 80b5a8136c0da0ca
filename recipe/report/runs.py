"""Run folders beside each other: which of them trained the same."""

import json
from dataclasses import dataclass
from pathlib import Path

from recipe.diagnostics.problems import RecipeError
from recipe.diagnostics.runs import NotARunFolder, RunFolderError
from recipe.program import hashing
from recipe.program.per_core import THREADS
from recipe.program.saving import read_program
from recipe.report.status import STATUS, read_status


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a run was forked from another.

    Args:
        run: the path of the other.
        step: that it stood at.
    """

    run: str
    step: int


def numbered(runs: Path, name: str) -> tuple[Path, ...]:
    """The run folders of a name, the newest first.

    Args:
        runs: where runs lie, such as `runs`.
        name: of the spec.
    """
    parent = runs / name
    if not parent.is_dir():
        return ()
    folders = (path for path in parent.iterdir() if path.name.isdecimal() and path.is_dir())
    return tuple(sorted(folders, key=lambda path: int(path.name), reverse=True))


def find_runs(place: Path) -> tuple[Path, ...]:
    """The run folders at a place: itself, else those one or two folders below, by name and number.

    Raises:
        RunFolderError: R601 when there is none.
    """
    if (place / STATUS).is_file():
        return (place,)
    found = [path.parent for depth in ("*", "*/*") for path in place.glob(f"{depth}/{STATUS}")]
    if not found:
        raise RunFolderError([NotARunFolder(None, str(place), place.is_dir())])
    return tuple(sorted(found, key=lambda path: (path.parent, path.name.zfill(20))))


def find_equal(
    runs: Path, name: str, program_hash: str, fingerprint: str, fork: Path | None = None
) -> Path | None:
    """The newest run of the same program on the same data, finished or not; None when there is none.

    Args:
        runs: where runs lie, such as `runs`.
        name: of the spec.
        program_hash: of the settled Program.
        fingerprint: of the data.
        fork: the run that it started from; None for one that started from nothing.
    """
    folders = numbered(runs, name)
    equal = (
        folder
        for folder in folders
        if _trains(folder, program_hash, fingerprint) and is_fork_of(folder, fork)
    )
    return next(equal, None)


def _trains(folder: Path, program_hash: str, fingerprint: str) -> bool:
    """Whether a run folder is of this program and these data.

    Its program is read where the language has keys since, or `environment.json` says nothing.
    """
    written = _environment(folder)
    if written.get("fingerprint", fingerprint) != fingerprint:
        return False
    if "fingerprint" in written and written.get("program_hash") == program_hash:
        return True
    try:
        program = read_program(folder)
    except RunFolderError:
        return False
    data = program.facts.fingerprint if program.facts else ""
    return data == fingerprint and hashing.program_hash(program) == program_hash


def is_fork_of(folder: Path, run: Path | None) -> bool:
    """Whether the run of a folder started from another one; with None, whether it started from nothing."""
    origin = origin_of(folder)
    return (origin and origin.run) == (run and str(run.resolve()))


def origin_of(folder: Path) -> Origin | None:
    """Where a run was forked; None for one that started from nothing."""
    fork = _environment(folder).get("fork")
    if not isinstance(fork, dict) or not isinstance(fork.get("step"), int):
        return None
    return Origin(str(fork.get("run")), fork["step"])


def kept_to_cores(folder: Path) -> bool | None:
    """Whether each operation of a run kept to one core; None where it has not begun."""
    variables = _environment(folder).get("variables")
    return variables.get(THREADS) == "1" if isinstance(variables, dict) else None


def _environment(folder: Path) -> dict[str, object]:
    """`environment.json`; empty where a run was killed before it was written, or something damaged it."""
    try:
        written = json.loads((folder / "environment.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return written if isinstance(written, dict) else {}


def is_finished(folder: Path) -> bool:
    """Whether the run of a folder came to its end."""
    try:
        return read_status(folder).state == "finished"
    except RecipeError:
        return False
