"""Where the specs lie that ship with recipe: whole ones, and the two kinds of parts for `extends`."""

from pathlib import Path

_PACKAGE = Path(__file__).parents[1]
# In an installed wheel the specs lie inside the package, in a checkout beside it.
SPECS = _PACKAGE / "specs" if (_PACKAGE / "specs").is_dir() else _PACKAGE.parent / "specs"
ARCHITECTURES = SPECS / "architectures"
RECIPES = SPECS / "recipes"

TEMPLATES = (SPECS, ARCHITECTURES, RECIPES)
"""The folders where `extends` finds a name; no two have the same one."""


def shipped_specs() -> tuple[str, ...]:
    """The names of the whole specs."""
    return names_in(SPECS)


def template_names() -> tuple[str, ...]:
    """The names of all templates: whole specs, architectures, recipes."""
    return tuple(name for folder in TEMPLATES for name in names_in(folder))


def names_in(folder: Path) -> tuple[str, ...]:
    """The names of the templates in one folder."""
    return tuple(sorted(path.stem for path in folder.glob("*.yaml")))
