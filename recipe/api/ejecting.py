"""A spec as one Keras script."""

from dataclasses import replace
from pathlib import Path

from recipe.api.checking import Spec, loaded
from recipe.api.planning import Prepared, prepare, translated


def eject(spec: str | Path | Spec) -> str:
    """The text of a Keras script that trains what a spec says, without recipe.

    The data are read and the network is built without values, since a script has settled shapes.

    Args:
        spec: a path, or what `load` returned.

    Raises:
        RecipeError: with every error, at its place; R346 for what cannot be printed.
    """
    prepared = prepare(loaded(spec))
    return translated(prepared.spec, lambda: _ejected(prepared))  # type: ignore[no-any-return]


def _ejected(prepared: Prepared) -> str:
    from recipe.compiler import startup

    program = prepared.program
    startup.start(program.runtime)
    from recipe.compiler.compiling import abstract_network
    from recipe.eject.optimizers import Grouped
    from recipe.eject.scripts import script_source

    network = abstract_network(program)
    groups, paths = network.groups, [weight.path for weight in network.model.weights]
    layers = groups.frozen_layers(paths)
    rest = tuple(path for path in paths if path in groups.frozen and path.partition("/")[0] not in layers)
    grouped = Grouped(groups.rates, groups.decays, layers, rest)
    return script_source(replace(program, graph=network.graph), grouped)
