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
    init = program.spec.get("init")
    written = init.get("weights") if isinstance(init, Call) and "weights" in init else None
    if isinstance(written, str):
        path = Path(written)
        found["init.weights.content"] = (path / WEIGHTS if path.is_dir() else path,)
    return {key: _digest(files) for key, files in found.items() if all(file.is_file() for file in files)}


def _module_files(module: str) -> tuple[Path, ...]:
    file = Path(getattr(sys.modules.get(module), "__file__", None) or "absent")
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
