"""The spec of a command line: a file, or standard input for `-`."""

import sys
from collections.abc import Sequence

from recipe import api
from recipe.diagnostics.problems import RecipeError, Texts

STDIN = "<stdin>"


def check_spec(spec: str, overrides: Sequence[str]) -> api.Checked:
    """Check a spec.

    Args:
        spec: a path, or `-`.
        overrides: `path=value`, later wins.
    """
    try:
        source, text = spec_text(spec)
    except RecipeError as unreadable:
        return api.Checked(STDIN, unreadable.problems, Texts())
    return api.check(source, overrides, text=text)


def load_spec(spec: str, overrides: Sequence[str], *, allow_imports: bool = False) -> api.Spec:
    """Read and check a spec.

    Args:
        spec: a path, or `-`.
        overrides: `path=value`, later wins.
        allow_imports: whether the modules of `imports` may be imported.

    Raises:
        RecipeError: with every error that was found.
    """
    return load_text(spec_text(spec), overrides, allow_imports=allow_imports)


def spec_text(spec: str) -> tuple[str, str | None]:
    """The name of a spec and, of standard input, its text: it can be read only once.

    Raises:
        RecipeError: R104 or R105 when standard input is no spec.
    """
    return (spec, None) if spec != "-" else (STDIN, api.text_of(sys.stdin.buffer, STDIN))


def load_text(
    given: tuple[str, str | None], overrides: Sequence[str], *, allow_imports: bool = False
) -> api.Spec:
    """Read and check what `spec_text` gave.

    Raises:
        RecipeError: with every error that was found.
    """
    source, text = given
    return api.load(source, overrides, text=text, allow_imports=allow_imports)
