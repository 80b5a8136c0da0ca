"""What a run needs of its disk: asked before the first step, told in its own words when it is refused."""

from pathlib import Path

from recipe.diagnostics.machine import TooLittleSpace, UnwritableFolder
from recipe.diagnostics.problems import Problem
from recipe.program.disks import error_name, free_bytes, sync_folder, words_of, write_and_sync

_PROBE = ".recipe-probe"


def probe(folder: Path, problems: list[Problem]) -> None:
    """Do once what every save will do: write, wait for the disk, rename.

    Args:
        folder: of the run; it exists.
        problems: gains R657 when the system refuses.
    """
    temporary, renamed = folder / f"{_PROBE}.tmp", folder / _PROBE
    try:
        temporary.unlink(missing_ok=True)  # of a process that was killed here
        write_and_sync(temporary, b"recipe\n")
        temporary.replace(renamed)
        sync_folder(folder)
        renamed.unlink()
    except OSError as error:
        problems.append(unwritable(folder, error))


def check_space(folder: Path, needed: int, problems: list[Problem]) -> None:
    """Refuse early what the disk cannot hold.

    Args:
        folder: of the run; it exists.
        needed: bytes, from `checkpoints.needed_bytes`.
        problems: gains R658 when fewer are free.
    """
    free = free_bytes(folder)
    if free is not None and free < needed:
        problems.append(TooLittleSpace(None, str(folder), needed, free))


def unwritable(folder: Path, error: OSError) -> UnwritableFolder:
    """The Problem of a folder that the system did not let us write to."""
    return UnwritableFolder(None, str(folder), error_name(error), words_of(error))
