"""Categories that are embedded: an input of ids for each, its Embedding, and one vector with all the others.

The architecture does not see them: what it calls its input is the vector that they are joined to.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from recipe.catalog.calls import Argument, Call, Origin, Unknown, Value
from recipe.program.facts import Facts
from recipe.program.graphs import Graph, Layer, Tensors, Wire

_NOT_A_WORD = re.compile(r"\W")
_JOINED = "features.joined"  # below an input; no name of a column has a point


@dataclass(frozen=True, slots=True)
class Embedded:
    """One embedded column.

    Args:
        input: of the network, which takes its ids.
        owner: the input of the architecture that its vector is a part of.
        ids: how many there are.
        units: of its vector.
        origin: where it was written.
    """

    input: str
    owner: str
    ids: Value
    units: int
    origin: Origin


def input_names(owners: Mapping[str, str]) -> Mapping[str, str]:
    """The input of each embedded column.

    Args:
        owners: by column, the input of the architecture that it belongs to.

    >>> input_names({"origin": "input", "home.dest": "input", "home dest": "input"})
    {'home dest': 'input.home_dest', 'home.dest': 'input.home_dest_', 'origin': 'input.origin'}
    """
    names: dict[str, str] = {}
    for column in sorted(owners):
        name = f"{owners[column]}.{_NOT_A_WORD.sub('_', column)}"
        while name in names.values():
            name += "_"
        names[column] = name
    return names


def units_written(kinds: Mapping[str, Call | None]) -> Mapping[str, int]:
    """The units of the columns that a spec embeds."""
    found = {name: call.get("embedding") for name, call in kinds.items() if call and call.name == "category"}
    return {name: units for name, units in found.items() if isinstance(units, int)}


def embed(graph: Graph, kinds: Mapping[str, Call | None], facts: Facts | None) -> Graph:
    """The graph with an Embedding of every embedded column before all else.

    Args:
        graph: whose inputs are those of the architecture.
        kinds: of the features, as they are written.
        facts: None while the data is not read.
    """
    embedded = _expected(graph, kinds) if facts is None else _found(kinds, facts)
    if not embedded:
        return graph
    dense = set(graph.inputs if facts is None else facts.inputs)
    inputs: list[str] = []
    layers: list[Layer] = []
    ends: dict[Wire, Wire] = {}
    for owner in graph.inputs:
        mine = [one for one in embedded if one.owner == owner]
        vectors = [Wire(owner)] if owner in dense else []
        vectors += [Wire(f"{one.input}.embedding") for one in mine]
        inputs += [*([owner] if owner in dense else []), *(one.input for one in mine)]
        layers += [_embedding(one) for one in mine]
        if len(vectors) > 1:
            name = f"{owner}.{_JOINED}"
            layers.append(Layer(name, Call("Concatenate", "keras.layers.Concatenate"), _as_list(vectors)))
            vectors = [Wire(name)]
        ends[Wire(owner)] = vectors[0]
    followers = tuple(_fed_by(layer, ends) for layer in graph.layers)
    outputs = {name: ends.get(wire, wire) for name, wire in graph.outputs.items()}
    return Graph(tuple(inputs), (*layers, *followers), outputs)


def _as_list(wires: Iterable[Wire]) -> Mapping[str, Tensors]:
    return {"inputs": tuple(wires)}


def _embedding(one: Embedded) -> Layer:
    arguments = {"input_dim": Argument(one.ids, one.origin), "output_dim": Argument(one.units, one.origin)}
    call = Call("Embedding", "keras.layers.Embedding", arguments, one.origin)
    return Layer(f"{one.input}.embedding", call, (Wire(one.input),), span=one.origin.span)


def _fed_by(layer: Layer, ends: Mapping[Wire, Wire]) -> Layer:
    """A layer that reads the joined vectors instead of the inputs."""

    def moved(tensors: Tensors) -> Tensors:
        if isinstance(tensors, tuple):
            return tuple(ends.get(wire, wire) for wire in tensors)
        return ends.get(tensors, tensors)

    wires = tuple(ends.get(wire, wire) for wire in layer.unless_equal)
    if isinstance(layer.inputs, tuple):
        return replace(layer, inputs=tuple(ends.get(wire, wire) for wire in layer.inputs), unless_equal=wires)
    return replace(layer, inputs={name: moved(fed) for name, fed in layer.inputs.items()}, unless_equal=wires)


def _expected(graph: Graph, kinds: Mapping[str, Call | None]) -> tuple[Embedded, ...]:
    """What the spec says alone: of several inputs the first takes what is not named like one."""
    units = units_written(kinds)
    others = next((name for name in graph.inputs if name not in kinds), graph.inputs[0])
    names = input_names({column: column if column in graph.inputs else others for column in units})
    ids = Unknown(("data.vocabulary",))
    return tuple(
        Embedded(name, name.rpartition(".")[0], ids, units[column], _origin(kinds, column))
        for column, name in names.items()
    )


def _found(kinds: Mapping[str, Call | None], facts: Facts) -> tuple[Embedded, ...]:
    """What the data turned out to hold."""
    found = []
    for name, fact in facts.inputs.items():
        if fact.owner:
            (column,) = facts.columns_of(name)
            statistics = column.statistics
            ids, units = int(str(statistics["vocabulary"])), int(str(statistics["embedding"]))
            found.append(Embedded(name, fact.owner, ids, units, _origin(kinds, column.name)))
    return tuple(found)


def _origin(kinds: Mapping[str, Call | None], column: str) -> Origin:
    written = kinds.get(column)
    span = None if written is None else written.span_of("embedding")
    return Origin(span, f"data.features: `{column}` is embedded")
