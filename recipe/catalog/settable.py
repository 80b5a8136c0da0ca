"""The paths that `--set` can set: keys of sections that hold a value, and the arguments of the optimizer."""

from collections import Counter

from recipe.catalog import lookup
from recipe.catalog.constraints import Constraint, Fields, OneOf, Reserved
from recipe.catalog.words import ELSEWHERE

# Keys whose value no one writes on a command line.
_WRITTEN_IN_FILES = ("recipe", "architecture", "architecture.layers")


def settable_paths(optimizer: str | None) -> tuple[str, ...]:
    """Dotted paths such as `training.epochs`.

    Args:
        optimizer: the class whose arguments are offered; None offers what most optimizers take.
    """
    return (*_section_paths(), *(f"optimizer.{name}" for name in _optimizer_arguments(optimizer)))


def _section_paths() -> tuple[str, ...]:
    return tuple(
        path
        for section, row in lookup.SECTION_PATHS.items()
        for parameter in row.parameters
        if not any(isinstance(option, Fields | Reserved) for option in _options(parameter.holds))
        if (path := f"{section}.{parameter.name}".lstrip(".")) not in _WRITTEN_IN_FILES
    )


def _options(holds: Constraint) -> tuple[Constraint, ...]:
    return holds.options[:1] if isinstance(holds, OneOf) else (holds,)


def _optimizer_arguments(optimizer: str | None) -> tuple[str, ...]:
    names = (optimizer,) if optimizer else lookup.names("optimizer")
    rows = [row for name in names if (row := lookup.find("optimizer", name))]
    counts = Counter(argument for row in rows for argument in row.known)
    refused = {argument for argument, families, _ in ELSEWHERE if "optimizer" in families}
    return tuple(name for name, count in counts.items() if 2 * count > len(rows) and name not in refused)
