"""The network of a Program as a Keras function that a person could have written."""

from recipe.eject.calls import call_source, source_of
from recipe.program.calling import arrange
from recipe.program.names import identifier
from recipe.program.programs import Graph, Layer, Program, Wire

INDENT = "    "


def network_source(program: Program) -> str:
    """A Python module with `build_network()`; imports keras alone.

    Args:
        program: with facts.

    Raises:
        ValueError: when the Program has no facts yet, and so no shapes.
    """
    if program.facts is None:
        raise ValueError("a Program with facts is expected: shapes of the inputs come from the data")
    graph = program.graph
    lines = [f'"""The network of `{program.name}`."""', "", "import keras", "", ""]
    lines += ["def build_network() -> keras.Model:", f'{INDENT}"""The network on encoded arrays."""']
    for name, fact in program.facts.inputs.items():
        lines.append(
            f"{INDENT}{identifier(name)} = keras.Input({fact.shape!r}, name={name!r}, dtype='float32')"
        )
    lines += [f"{INDENT}{_layer_line(layer, graph)}" for layer in graph.layers]
    inputs = _one_or_list([identifier(name) for name in graph.inputs])
    outputs = _one_or_list([_tensor(wire, graph) for wire in graph.outputs.values()])
    lines.append(f"{INDENT}return keras.Model({inputs}, {outputs}, name='network')")
    return "\n".join(lines) + "\n"


def _layer_line(layer: Layer, graph: Graph) -> str:
    arranged = arrange(layer)
    arguments = [_tensors(wire, graph) for wire in arranged.positional]
    arguments += [f"{name}={_tensor(wire, graph)}" for name, wire in arranged.named.items()]
    arguments += [f"{name}={source_of(argument.value)}" for name, argument in layer.call_arguments.items()]
    return f"{identifier(layer.name)} = {call_source(layer.call, name=layer.name)}({', '.join(arguments)})"


def _tensors(wire: Wire | tuple[Wire, ...], graph: Graph) -> str:
    if isinstance(wire, Wire):
        return _tensor(wire, graph)
    return f"[{', '.join(_tensor(each, graph) for each in wire)}]"


def _tensor(wire: Wire, graph: Graph) -> str:
    """The variable of a wire; a layer with several outputs gives a tuple."""
    several = {each.layer for layer in graph.layers for each in layer.wires if each.index > 0}
    name = identifier(wire.layer)
    return f"{name}[{wire.index}]" if wire.layer in several else name


def _one_or_list(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"[{', '.join(names)}]"
