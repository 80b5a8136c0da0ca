"""Texts continued by a network that says the next token."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recipe.program.objectives import ends_in_logits
from recipe.training.restoring import Restored

Ids = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the next token is chosen.

    Args:
        length: how many tokens are written.
        temperature: the logits are divided by it before one is drawn; 0 takes the likeliest.
        seed: of the draws.
    """

    length: int
    temperature: float
    seed: int


def continued(restored: Restored, prompt: Ids, sampling: Sampling) -> Ids:
    """What a network writes behind a prompt, `(sampling.length,)`.

    It sees the last tokens that fit into its context. While there are fewer, the places behind them are
    filled with the first token of the vocabulary, which a causal network does not look at.

    Args:
        restored: the run.
        prompt: one token at least, `(tokens,)`.
        sampling: how each token is chosen.
    """
    facts = restored.program.facts
    if facts is None:
        raise ValueError("a Program with facts is expected")
    (fact,), target = facts.inputs.values(), facts.targets[0]
    context, model = fact.shape[0], restored.compiled.model
    logits = ends_in_logits(restored.program.graph, target.name)
    generator = np.random.Generator(np.random.PCG64(sampling.seed))
    written = prompt.tolist()
    for _ in range(sampling.length):
        seen = written[-context:]
        window = np.zeros((1, context), dtype=fact.dtype)
        window[0, : len(seen)] = seen
        said = np.asarray(model.predict_on_batch(window))[0, len(seen) - 1].astype(np.float64)
        scores = said if logits else np.log(np.maximum(said, np.finfo(np.float64).tiny))
        written.append(_chosen(scores[: len(target.classes)], sampling.temperature, generator))
    return np.asarray(written[len(prompt) :], dtype=np.int32)


def _chosen(scores: NDArray[np.float64], temperature: float, generator: np.random.Generator) -> int:
    if temperature == 0:
        return int(scores.argmax())
    shares = np.exp((scores - scores.max()) / temperature)
    return int(generator.choice(len(scores), p=shares / shares.sum()))
