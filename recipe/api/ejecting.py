"""A spec as one Keras script."""

from dataclasses import replace
from pathlib import Path

from recipe.api.checking import Spec, loaded
from recipe.api.planning import Prepared, prepare, translated
from recipe.diagnostics.problems import RecipeError


def eject(spec: str | Path | Spec) -> str:
    """The text of a Keras script that trains what a spec says, without recipe.

    The data are read and the network is built without values, since a script has settled shapes.

    Args:
        spec: a path, or what `load` returned.

    Raises:
        RecipeError: with every error, at its place; R346 for what cannot be printed.
    """
    from recipe.eject.refusals import refused_imports

    spec = loaded(spec)
    if refused := refused_imports(spec.program):
        raise RecipeError([refused], spec.texts)
    prepared = prepare(spec)
    return translated(prepared.spec, lambda: _ejected(prepared))  # type: ignore[no-any-return]


def _ejected(prepared: Prepared) -> str:
    from recipe.compiler import startup

    program = prepared.program
    startup.start(program.runtime)
    from recipe.compiler.compiling import abstract_network
    from recipe.eject.optimizers import Grouped
    from recipe.eject.scripts import script_source

    network = abstract_network(program)
    grouped = Grouped(network.groups.rates, network.groups.decays)
    return script_source(replace(program, graph=network.graph), grouped)
