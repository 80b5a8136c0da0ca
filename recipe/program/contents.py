"""Files beside the spec that decide what is trained: modules of the user, and weights to begin from."""

import hashlib
import sys
from collections.abc import Mapping
from pathlib import Path

from recipe.catalog.calls import Call
from recipe.program.programs import Program
from recipe.program.saving import WEIGHTS

# Where installed packages lie; these are known by their version.
_INSTALLED = ("site-packages", "dist-packages")


def contents_of(program: Program) -> Mapping[str, str]:
    """The sha256 of every such file that is there, by a path below the key that names it.

    A module is known once it was imported. Of a package that is not installed all its files count.

    Args:
        program: of a spec or of a run folder.
    """
    found = {f"imports.{module}": _module_files(module) for module in program.imports}
    if written := earlier_weights(program):
        found["init.weights.content"] = (file_of_weights(Path(written)),)
    there = {key: files for key, files in found.items() if files and all(file.is_file() for file in files)}
    return {key: _digest(files) for key, files in there.items()}


def earlier_weights(program: Program) -> str | None:
    """The run or the file that `init.weights` names; None where it names none."""
    init = program.spec.get("init")
    written = init.get("weights") if isinstance(init, Call) else None
    return written if isinstance(written, str) else None


def file_of_weights(path: Path) -> Path:
    """The file in which weights lie: that of a run folder, or the path itself."""
    return path / WEIGHTS if path.is_dir() else path


def _module_files(module: str) -> tuple[Path, ...]:
    """The files of a module that was imported; none of one that was not, or that has none."""
    name = getattr(sys.modules.get(module), "__file__", None)
    if name is None:
        return ()
    file = Path(name)
    if file.name != "__init__.py" or set(_INSTALLED) & set(file.parts):
        return (file,)
    return tuple(sorted(file.parent.rglob("*.py")))


def _digest(files: tuple[Path, ...]) -> str:
    """The sha256 over the contents of some files, in their order."""
    whole = hashlib.sha256()
    for file in files:
        with file.open("rb") as stream:
            whole.update(hashlib.file_digest(stream, "sha256").digest())
    return whole.hexdigest()
