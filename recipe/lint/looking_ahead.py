"""Networks that say the next token and are shown it."""

from collections.abc import Iterator, Mapping

from recipe.diagnostics.lint_layers import CONVOLVED, FORWARD, MASKED, SeesTheAnswer
from recipe.program.graphs import Layer
from recipe.program.programs import Program

NEXT, CORPUS = "next", "corpus"
ATTENTIONS = frozenset("AdditiveAttention Attention GroupQueryAttention MultiHeadAttention".split())


def sees_the_answer(program: Program) -> Iterator[SeesTheAnswer]:
    """L220: what looks ahead in the one input of a network whose target is the next token."""
    if not _says_the_next_token(program) or len(program.graph.inputs) != 1:
        return
    for layer in program.graph.layers:
        if way_out := _way_out(layer):
            yield SeesTheAnswer(layer.span, layer.name, way_out)


def _says_the_next_token(program: Program) -> bool:
    written = (*program.data.sources.values(), *program.data.targets.values())
    return any(call is not None and call.name in (CORPUS, NEXT) for call in written)


def _way_out(layer: Layer) -> str:
    """What would keep a layer from looking ahead; empty when it does not, or a mask decides."""
    name, call = layer.call.name, layer.call
    if name in ATTENTIONS and not _is_masked(layer):
        return MASKED
    if name == "Conv1D" and call.get("padding") == "same" and call.get("kernel_size") not in (1, (1,)):
        return CONVOLVED
    return FORWARD if name == "Bidirectional" or call.get("go_backwards") is True else ""


def _is_masked(layer: Layer) -> bool:
    causal = layer.call_arguments.get("use_causal_mask")
    by_name = layer.inputs if isinstance(layer.inputs, Mapping) else {}
    return (causal is not None and causal.value is not False) or any("mask" in name for name in by_name)
