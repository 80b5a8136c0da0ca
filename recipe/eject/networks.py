"""The network of a Program as a Keras function that a person could have written."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from recipe.eject.calls import call_source, identifiers, name_source, source_of, text_source
from recipe.eject.lines import INDENT, wrapped
from recipe.program.calling import OPERATIONS, arrange
from recipe.program.facts import InputFact
from recipe.program.graphs import Graph, Layer, Wire
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
    printed, inputs = _Printed.of(program), program.facts.inputs
    lines = ["def build_network() -> keras.Model:", f'{INDENT}"""The network on encoded arrays."""']
    for statement in (*printed.inputs(inputs), *printed.layers(), printed.model()):
        lines += wrapped(statement, INDENT)
    return lines


@dataclass(frozen=True, slots=True)
class _Printed:
    """A graph in which everything has a variable.

    Args:
        graph: settled.
        shared: names of layers that are called again.
        several: names of layers that give a tuple.
        variables: by the name of an input or a layer, and of a layer that is called again itself.
    """

    graph: Graph
    shared: frozenset[str]
    several: frozenset[str]
    variables: Mapping[str, str]

    @classmethod
    def of(cls, program: Program) -> "_Printed":
        """That of a Program; no variable hides a module."""
        graph = program.graph
        shared = frozenset(layer.shares for layer in graph.layers if layer.shares)
        wires = (*(wire for layer in graph.layers for wire in layer.wires), *graph.outputs.values())
        several = frozenset(wire.layer for wire in wires if wire.index > 0)
        names = (*graph.inputs, *(layer.name for layer in graph.layers), *map(_itself, sorted(shared)))
        modules = ("keras", *(module.partition(".")[0] for module in program.imports))
        return cls(graph, shared, several, identifiers(names, modules))

    def inputs(self, facts: Mapping[str, InputFact]) -> Iterator[str]:
        """What makes the inputs."""
        for name, fact in facts.items():
            dtype = text_source(fact.encoded_dtype)
            arguments = f"{source_of(fact.shape)}, name={text_source(name)}, dtype={dtype}"
            yield f"{self.variables[name]} = keras.Input({arguments})"

    def layers(self) -> Iterator[str]:
        """What makes and calls each layer; one that is called again has a variable itself."""
        for layer in self.graph.layers:
            yield from self._layer(layer)

    def model(self) -> str:
        """What returns the model."""
        inputs = _one_or_named({name: self.variables[name] for name in self.graph.inputs})
        outputs = _one_or_named({name: self._tensor(wire) for name, wire in self.graph.outputs.items()})
        return f'return keras.Model({inputs}, {outputs}, name="network")'

    def _layer(self, layer: Layer) -> Iterator[str]:
        arranged = arrange(layer)
        arguments = [self._tensors(wire) for wire in arranged.positional]
        arguments += [f"{name}={self._tensors(wire)}" for name, wire in arranged.named.items()]
        arguments += [
            f"{name}={source_of(argument.value)}" for name, argument in layer.call_arguments.items()
        ]
        if layer.call.target.startswith(OPERATIONS):
            arguments += [f"{name}={source_of(one.value)}" for name, one in layer.call.arguments.items()]
            called = name_source(layer.call.target)
        elif layer.shares or layer.name in self.shared:
            called = self.variables[_itself(layer.shares or layer.name)]
        else:
            called = call_source(layer.call, name=layer.name)
        if layer.name in self.shared:
            yield f"{called} = {call_source(layer.call, name=layer.name)}"
        yield f"{self.variables[layer.name]} = {called}({', '.join(arguments)})"

    def _tensors(self, wire: Wire | tuple[Wire, ...]) -> str:
        if isinstance(wire, Wire):
            return self._tensor(wire)
        return f"[{', '.join(map(self._tensor, wire))}]"

    def _tensor(self, wire: Wire) -> str:
        name = self.variables[wire.layer]
        return f"{name}[{wire.index}]" if wire.layer in self.several else name


def _itself(name: str) -> str:
    return f"{name}.layer"


def _one_or_named(tensors: Mapping[str, str]) -> str:
    """The one tensor, or a dictionary of several."""
    named = ", ".join(f"{text_source(name)}: {tensor}" for name, tensor in tensors.items())
    return next(iter(tensors.values())) if len(tensors) == 1 else f"{{{named}}}"
