"""Code of the user: the only door through which a module that a spec names is imported."""

from recipe.diagnostics.imports import ImportsNotAllowed
from recipe.diagnostics.problems import RecipeError
from recipe.program.programs import Program


def import_modules(program: Program, *, allowed: bool) -> None:
    """Import the modules of `imports`; nothing happens where a Program has none.

    Args:
        program: of a spec or of a run folder.
        allowed: whether the user said that they may run.

    Raises:
        RecipeError: R680 where nobody did, R681 for a module that cannot be imported, R682 for a class.
    """
    if not program.imports:
        return
    if not allowed:
        raise RecipeError([ImportsNotAllowed(program.spec.span_of("imports"), program.imports)])
    from recipe.compiler import startup

    startup.start(program.runtime)
    from recipe.compiler import imports

    imports.import_modules(program)
