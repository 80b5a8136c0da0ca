"""Run folders beside each other: which of them trained the same."""

import json
from pathlib import Path

from recipe.diagnostics.problems import RecipeError
from recipe.report.status import read_status


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


def find_equal(runs: Path, name: str, program_hash: str, fingerprint: str) -> Path | None:
    """The newest run of the same program on the same data, finished or not; None when there is none.

    Args:
        runs: where runs lie, such as `runs`.
        name: of the spec.
        program_hash: of the settled Program.
        fingerprint: of the data.
    """
    folders = numbered(runs, name)
    return next((folder for folder in folders if is_equal(folder, program_hash, fingerprint)), None)


def is_equal(folder: Path, program_hash: str, fingerprint: str) -> bool:
    """Whether a run folder is of this program and these data."""
    written = _environment(folder)
    return (written.get("program_hash"), written.get("fingerprint")) == (program_hash, fingerprint)


def _environment(folder: Path) -> dict[str, object]:
    """`environment.json`; empty where a run was killed before it was written, or something damaged it."""
    try:
        written = json.loads((folder / "environment.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return written if isinstance(written, dict) else {}


def is_finished(folder: Path) -> bool:
    """Whether the run of a folder came to its end."""
    try:
        return read_status(folder).state == "finished"
    except RecipeError:
        return False
