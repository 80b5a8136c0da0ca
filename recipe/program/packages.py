"""Packages that only some specs need; whoever uses one imports it."""

from collections.abc import Callable
from typing import Any

from recipe.diagnostics.data_sources import PackageMissing
from recipe.diagnostics.problems import Problem, RecipeError
from recipe.diagnostics.spans import Span


def package(
    word: str,
    load: Callable[[], Any],
    name: str,
    span: Span | None,
    problems: list[Problem],
    extra: str = "",
) -> Any | None:
    """A module of a package that need not be installed; None after R560.

    Args:
        word: of the language that needs it.
        load: imports it.
        name: that it is installed by.
        span: where the word was written.
        problems: are appended to.
        extra: of recipe that installs it; it is called as the word unless said.
    """
    try:
        return load()
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != name.replace("-", "_"):
            raise
        problems.append(PackageMissing(span, word, name, extra or word))
        return None


def hub(span: Span | None) -> Any:
    """KerasHub, which takes seconds to import.

    Args:
        span: where a preset was named.

    Raises:
        RecipeError: R560 when it is not installed.
    """
    problems: list[Problem] = []
    found = package("preset", _keras_hub, "keras-hub", span, problems, "kerashub")
    if found is None:
        raise RecipeError(problems)
    return found


def _keras_hub() -> Any:
    import keras_hub

    return keras_hub
