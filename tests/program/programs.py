"""Programs of small specs, with facts of data that nobody has to read."""

from dataclasses import dataclass

from recipe.catalog.blocks import Blocks
from recipe.catalog.calls import Call
from recipe.catalog.expansion import Expansion
from recipe.catalog.merging import TOP, merge_documents
from recipe.catalog.places import Place
from recipe.catalog.resolver import Resolver
from recipe.catalog.sections import BEFORE_RESOLVING
from recipe.catalog.values import Evaluator
from recipe.diagnostics.problems import Problem
from recipe.language.nodes import MappingNode
from recipe.language.reader import read
from recipe.program.building import build
from recipe.program.facts import Facts, InputFact, Target
from recipe.program.graphs import Graph, Layer
from recipe.program.programs import Program
from tests.checking import LAYER, SPEC, edited

DIGITS = Facts(
    examples={"train": 1258, "validation": 180, "test": 359},
    inputs={"input": InputFact((8, 8, 1), "uint8", 1 / 16)},
    columns=(),
    targets=(Target("digit", "category", tuple("0123456789"), (125,) * 10),),
    fingerprint="0" * 64,
)


def facts(kind: str, name: str = "y", classes: tuple[str, ...] = ()) -> Facts:
    """Facts of a table of 4 numbers with one target."""
    inputs = {"input": InputFact((4,), "float32")}
    return Facts({"train": 100, "validation": 20}, inputs, (), (Target(name, kind, classes),), "0" * 64)


@dataclass(frozen=True)
class Built:
    """A Program and the problems of building it."""

    program: Program
    problems: tuple[Problem, ...]

    @property
    def graph(self) -> Graph:
        return self.program.graph

    @property
    def layers(self) -> dict[str, Call]:
        return {layer.name: layer.call for layer in self.graph.layers}

    def layer(self, name: str) -> Layer:
        return self.graph.layer(name)

    @property
    def codes(self) -> list[str]:
        return [problem.code for problem in self.problems]


def resolved(text: str) -> Call:
    """The checked spec of a text without slips; conflicts and lint are left out."""
    problems: list[Problem] = []
    document = read(text, "mine.yaml", problems)
    assert document is not None
    root = merge_documents((document,))
    pairs = tuple(pair for pair in root.pairs if pair.key not in BEFORE_RESOLVING)
    evaluator = Evaluator.of(root.get("vars"), problems)
    expansion = Expansion(Blocks.of(root.get("blocks"), problems), variables=evaluator.variables)
    resolver = Resolver(evaluator, problems, expansion=expansion)
    spec = resolver.resolve(MappingNode(pairs, root.span), TOP, Place("", root.span))
    assert isinstance(spec, Call), [problem.message for problem in problems]
    assert problems == []
    return spec


def built(text: str = SPEC, facts: Facts | None = DIGITS) -> Built:
    """The Program of a text that checks, with facts."""
    problems: list[Problem] = []
    program = build(resolved(text), facts, problems)
    return Built(program, tuple(problems))


def network(layers: str, facts: Facts | None = DIGITS, more: str = "") -> Built:
    """The Program of the small spec with other layers before its head."""
    lines = "".join(f"  {line}\n" for line in layers.strip("\n").splitlines())
    return built(edited((f"  - Flatten\n{LAYER}", lines)) + more, facts)
