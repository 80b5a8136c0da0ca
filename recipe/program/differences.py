"""What differs between two Programs, in the words of their specs."""

from recipe.program.history import entries
from recipe.program.programs import Program

ABSENT = "-"


def differences(before: Program, after: Program) -> tuple[str, ...]:
    """Each value that differs, as `path: before -> after`, in the order of the second Program."""
    old = {entry.path: entry.value for entry in entries(before)}
    new = {entry.path: entry.value for entry in entries(after)}
    paths = dict.fromkeys((*new, *old))
    return tuple(
        f"{path}: {old.get(path, ABSENT)} -> {new.get(path, ABSENT)}"
        for path in paths
        if old.get(path) != new.get(path)
    )
