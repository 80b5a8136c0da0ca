"""The spec of a command line: a file, or standard input for `-`."""

import sys
from collections.abc import Sequence

from recipe import api
from recipe.diagnostics.problems import Problem, RecipeError, Texts
from recipe.language.files import MAX_BYTES, decode

STDIN = "<stdin>"


def check_spec(spec: str, overrides: Sequence[str]) -> api.Checked:
    """Check a spec.

    Args:
        spec: a path, or `-`.
        overrides: `path=value`, later wins.
    """
    if spec != "-":
        return api.check(spec, overrides)
    problems: list[Problem] = []
    text = _standard_input(problems)
    if text is None:
        return api.Checked(STDIN, tuple(problems), Texts())
    return api.check(STDIN, overrides, text=text)


def load_spec(spec: str, overrides: Sequence[str]) -> api.Spec:
    """Read and check a spec.

    Args:
        spec: a path, or `-`.
        overrides: `path=value`, later wins.

    Raises:
        RecipeError: with every error that was found.
    """
    return load_text(spec_text(spec), overrides)


def spec_text(spec: str) -> tuple[str, str | None]:
    """The name of a spec and, of standard input, its text: it can be read only once.

    Raises:
        RecipeError: R104 or R105 when standard input is no spec.
    """
    if spec != "-":
        return spec, None
    problems: list[Problem] = []
    text = _standard_input(problems)
    if text is None:
        raise RecipeError(problems)
    return STDIN, text


def load_text(given: tuple[str, str | None], overrides: Sequence[str]) -> api.Spec:
    """Read and check what `spec_text` gave.

    Raises:
        RecipeError: with every error that was found.
    """
    source, text = given
    return api.load(source, overrides, text=text)


def _standard_input(problems: list[Problem]) -> str | None:
    return decode(sys.stdin.buffer.read(MAX_BYTES + 1), STDIN, problems)
