"""The specs that ship with recipe: templates for `extends` and `recipe init`."""

from pathlib import Path

_PACKAGE = Path(__file__).parents[1]
# In an installed wheel the specs lie inside the package, in a checkout beside it.
SPECS = _PACKAGE / "specs" if (_PACKAGE / "specs").is_dir() else _PACKAGE.parent / "specs"


def shipped_specs() -> tuple[str, ...]:
    """The names of the shipped specs."""
    return tuple(sorted(path.stem for path in SPECS.glob("*.yaml")))
