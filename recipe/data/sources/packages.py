"""Packages that only some sources need."""

from collections.abc import Callable
from typing import Any

from recipe.diagnostics.data_sources import PackageMissing
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span


def package(
    word: str, load: Callable[[], Any], name: str, span: Span | None, problems: list[Problem]
) -> Any | None:
    """A module of a package that need not be installed; None after R560.

    Args:
        word: of the language that needs it; the extra of recipe that installs it has the same name.
        load: imports it.
        name: that it is installed by.
        span: where the word was written.
        problems: are appended to.
    """
    try:
        return load()
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != name.replace("-", "_"):
            raise
        problems.append(PackageMissing(span, word, name, word))
        return None
