"""The network of a Program as a Keras function that a person could have written."""

from collections.abc import Iterator, Mapping

from recipe.eject.calls import call_source, name_source, source_of, text_source
from recipe.eject.lines import INDENT, wrapped
from recipe.program.calling import OPERATIONS, arrange
from recipe.program.graphs import Graph, Layer, Wire
from recipe.program.names import identifier
from recipe.program.programs import Program


def network_source(program: Program) -> str:
    """A Python module with `build_network()`; imports keras alone.

    Args:
        program: with facts.

    Raises:
        ValueError: when the Program has no facts yet, and so no shapes.
    """
    lines = [f'"""The network of `{program.name}`."""', "", "import keras", "", "", *network_lines(program)]
    return "\n".join(lines) + "\n"


def network_lines(program: Program) -> list[str]:
    """The function `build_network`.

    Args:
        program: with facts, settled.

    Raises:
        ValueError: when the Program has no facts yet, and so no shapes.
    """
    if program.facts is None:
        raise ValueError("a Program with facts is expected: shapes of the inputs come from the data")
    graph = program.graph
    lines = ["def build_network() -> keras.Model:", f'{INDENT}"""The network on encoded arrays."""']
    statements = [
        f"{identifier(name)} = keras.Input({source_of(fact.shape)}, name={text_source(name)}, "
        f"dtype={text_source(fact.encoded_dtype)})"
        for name, fact in program.facts.inputs.items()
    ]
    shared = {layer.shares for layer in graph.layers if layer.shares}
    for layer in graph.layers:
        statements += _statements(layer, graph, shared)
    inputs = _one_or_named({name: identifier(name) for name in graph.inputs})
    outputs = _one_or_named({name: _tensor(wire, graph) for name, wire in graph.outputs.items()})
    statements.append(f'return keras.Model({inputs}, {outputs}, name="network")')
    for statement in statements:
        lines += wrapped(statement, INDENT)
    return lines


def _statements(layer: Layer, graph: Graph, shared: set[str]) -> Iterator[str]:
    """What makes and calls one layer; a layer that is called again has a name of its own."""
    arranged = arrange(layer)
    arguments = [_tensors(wire, graph) for wire in arranged.positional]
    arguments += [f"{name}={_tensors(wire, graph)}" for name, wire in arranged.named.items()]
    arguments += [f"{name}={source_of(argument.value)}" for name, argument in layer.call_arguments.items()]
    called = f"{identifier(layer.shares or layer.name)}__layer"
    if layer.call.target.startswith(OPERATIONS):
        arguments += [f"{name}={source_of(one.value)}" for name, one in layer.call.arguments.items()]
        called = name_source(layer.call.target)
    elif layer.name in shared:
        yield f"{called} = {call_source(layer.call, name=layer.name)}"
    elif not layer.shares:
        called = call_source(layer.call, name=layer.name)
    yield f"{identifier(layer.name)} = {called}({', '.join(arguments)})"


def _tensors(wire: Wire | tuple[Wire, ...], graph: Graph) -> str:
    if isinstance(wire, Wire):
        return _tensor(wire, graph)
    return f"[{', '.join(_tensor(each, graph) for each in wire)}]"


def _tensor(wire: Wire, graph: Graph) -> str:
    """The variable of a wire; a layer with several outputs gives a tuple."""
    several = {each.layer for layer in graph.layers for each in layer.wires if each.index > 0}
    several |= {each.layer for each in graph.outputs.values() if each.index > 0}
    name = identifier(wire.layer)
    return f"{name}[{wire.index}]" if wire.layer in several else name


def _one_or_named(tensors: Mapping[str, str]) -> str:
    """The one tensor, or a dictionary of several."""
    named = ", ".join(f"{text_source(name)}: {tensor}" for name, tensor in tensors.items())
    return next(iter(tensors.values())) if len(tensors) == 1 else f"{{{named}}}"
