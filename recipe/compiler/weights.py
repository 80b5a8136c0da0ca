"""Weights by path: a weight's first value depends on the root seed, its path and its shape, on nothing else.

Keras would give twins of one seeded initializer equal values (query, key and value of an attention), and
without a seed every weight depends on all before it. Here a network is built without values; then each
variable's own initializer is called with a seed derived from the variable's path.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import keras
from keras.src.backend.common import global_state

from recipe.catalog.calls import calls_in
from recipe.compiler.constructing import construct, first_sentence
from recipe.diagnostics.problems import RecipeError
from recipe.diagnostics.shapes import InitializerRefused
from recipe.diagnostics.spans import Span
from recipe.program.graphs import Graph
from recipe.program.seeds import derive

Built = TypeVar("Built")
NO_GRAPH = Graph((), (), {})
AXES = ("input_axes", "output_axes")  # of an initializer whose kernel has several of either


def without_values(build: Callable[[], Built]) -> Built:
    """Build Keras objects whose variables have shapes and no values, however large they are."""
    with keras.StatelessScope(initialize_variables=False):
        built = build()
    # The registry would give all of them values when the next scope ends, wherever that is.
    global_state.set_global_attribute("uninitialized_variables", [])
    return built


def initialize(
    variables: list[Any],
    seed: int,
    graph: Graph = NO_GRAPH,
) -> None:
    """Give each variable its first value.

    Args:
        variables: of a network built by `without_values`.
        seed: the root seed.
        graph: whose layers the variables belong to. Its `starts` take the place of initializers that layers
            gave their variables; seeds that no initializer of it has were drawn by Keras, as EinsumDense
            does where it tells its initializer the axes.

    Raises:
        RecipeError: R402, an initializer cannot fill a shape.
    """
    written, first = _written_seeds(graph), starts(graph)
    for variable in variables:
        given = first.get(variable.path)
        given = variable._initializer if given is None else with_axes(given, variable._initializer)
        initializer = _seeded(given, seed, variable.path, written)
        try:
            variable._initialize_with_initializer(initializer)
        except (TypeError, ValueError) as refused:
            name = type(initializer).__name__
            place, shape = _place(graph, variable.path, name), tuple(variable.shape)
            problem = InitializerRefused(place, name, first_sentence(refused), variable.path, shape)
            raise RecipeError([problem]) from refused
        variable._initializer = None


def _place(graph: Graph, path: str, initializer: str) -> Span | None:
    """Where an initializer of a weight was written, else where its layer was."""
    for layer in graph.layers:
        if path.startswith(f"{layer.name}/"):
            calls = (call for argument in layer.call.arguments.values() for call in calls_in(argument.value))
            return next((one.origin.span for one in calls if one.name == initializer), layer.span)
    return None


def seed_generators(model: Any, seed: int) -> None:
    """Seed what draws random numbers inside other layers, such as the cells of a Bidirectional, by its path.

    Keras would draw a seed for each; what was seeded by its constructor keeps that seed.

    Args:
        model: with values.
        seed: the root seed.
    """
    for layer in model._flatten_layers():
        for index, generator in enumerate(layer._seed_generators):
            if generator._initial_seed is None:
                generator.state.assign([derive(seed, "layer", f"{layer.path}/{index}"), 0])


def with_axes(initializer: Any, of: Any) -> Any:
    """An initializer that counts fans over the axes that a layer told another one, as attention does."""
    config = initializer.get_config()
    told = of.get_config() if isinstance(of, keras.initializers.Initializer) else {}
    axes = {name: told[name] for name in AXES if name in told and name in config}
    return type(initializer).from_config(config | axes) if axes else initializer


def starts(graph: Graph) -> dict[str, Any]:
    """The initializers of weights that no argument of their layer reaches alone, by path."""
    return {
        f"{layer.name}/{weight}": construct(call)
        for layer in graph.layers
        for weight, call in layer.starts.items()
    }


def _written_seeds(graph: Graph) -> frozenset[int]:
    """The seeds of initializers that stand in the layers of a graph."""
    values = (value.value for layer in graph.layers for value in layer.call.arguments.values())
    seeds = (call.get("seed") for value in values for call in calls_in(value))
    return frozenset(seed for seed in seeds if isinstance(seed, int))


def _seeded(initializer: Any, root: int, path: str, known: frozenset[int]) -> Any:
    """The initializer with a seed of this weight's own; a written seed takes the root's place."""
    if not isinstance(initializer, keras.initializers.Initializer):
        return initializer
    config = initializer.get_config()
    if "seed" not in config:
        return initializer
    written = config["seed"]
    config["seed"] = derive(
        written if isinstance(written, int) and written in known else root, "weights", path
    )
    return type(initializer).from_config(config)
