"""Every code and its class, found by looking through this package."""

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache

import recipe.diagnostics
from recipe.diagnostics.problems import Problem


@cache
def classes_by_code() -> Mapping[str, type[Problem]]:
    """The class of each code, in the order of the codes."""
    return {kind.code: kind for kind in sorted(problem_classes(), key=lambda kind: kind.code)}


def problem_classes() -> tuple[type[Problem], ...]:
    """Every class that has a code.

    Modules are asked, not `Problem.__subclasses__`: a slotted dataclass leaves its first version there.
    """
    names = pkgutil.iter_modules(recipe.diagnostics.__path__, f"{recipe.diagnostics.__name__}.")
    modules = [importlib.import_module(name.name) for name in names]
    return tuple(
        kind
        for module in modules
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, Problem) and kind.__module__ == module.__name__
        if "code" in vars(kind)
    )
