"""Batch norm over too few examples."""

from collections.abc import Iterator, Mapping

from recipe.diagnostics.lint_norms import LoneLastExample, NormOverFew
from recipe.lint.graphs import BATCH_NORM, DROPOUTS, NORMS, is_activation
from recipe.program.graphs import Layer
from recipe.program.programs import Program
from recipe.program.sections import section

FEWEST = 8
# Layers that give one vector for each example, whatever they are fed.
TO_VECTORS = frozenset(
    """
    Flatten GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D GlobalMaxPooling1D
    GlobalMaxPooling2D GlobalMaxPooling3D
    """.split()
)
KEEPS_RANK = DROPOUTS | NORMS | {"Dense", "Identity"}


def norm_over_few(program: Program) -> Iterator[NormOverFew]:
    """L210: the first batch norm of a network that trains on very small batches, or parts of them."""
    size = program.training.batch_size
    if not isinstance(size, int) or (part := size // program.training.accumulate) >= FEWEST:
        return
    for layer in _norms(program)[:1]:
        span = section(program.spec, "training").span_of("batch_size")
        yield NormOverFew(span, layer.name, part)


def lone_last_example(program: Program) -> Iterator[LoneLastExample]:
    """L211: a last batch of one example in front of a batch norm over vectors."""
    size = program.training.batch_size
    if program.facts is None or not isinstance(size, int) or size < FEWEST:
        return
    examples = program.facts.examples["train"]
    layers = program.graph.by_name
    ranks = {name: len(fact.shape) for name, fact in program.facts.inputs.items()}
    norms = [norm for norm in _norms(program) if _sees_vectors(norm, layers, ranks)]
    if examples % size == 1 and norms:
        span = section(program.spec, "training").span_of("batch_size")
        yield LoneLastExample(span, norms[0].name, examples, size)


def _norms(program: Program) -> tuple[Layer, ...]:
    return tuple(layer for layer in program.graph.layers if layer.call.name == BATCH_NORM)


def _sees_vectors(layer: Layer, layers: Mapping[str, Layer], ranks: Mapping[str, int]) -> bool:
    """Whether a layer is surely fed one vector for each example."""
    while len(layer.wires) == 1:
        source = layer.wires[0].layer
        if source not in layers:
            return ranks.get(source) == 1
        layer = layers[source]
        if layer.call.name in TO_VECTORS:
            return True
        if layer.call.name not in KEEPS_RANK and not is_activation(layer):
            return False
    return False
