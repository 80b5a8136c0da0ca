"""Every code and its class, found by looking through this package."""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from functools import cache

import recipe.diagnostics
from recipe.diagnostics.problems import Problem


@cache
def classes_by_code() -> Mapping[str, type[Problem]]:
    """The class of each code, in the order of the codes."""
    for module in pkgutil.iter_modules(recipe.diagnostics.__path__, f"{recipe.diagnostics.__name__}."):
        importlib.import_module(module.name)
    found = {kind.code: kind for kind in _below(Problem) if "code" in vars(kind)}
    return dict(sorted(found.items()))


def _below(kind: type[Problem]) -> Iterator[type[Problem]]:
    for child in kind.__subclasses__():
        yield child
        yield from _below(child)
