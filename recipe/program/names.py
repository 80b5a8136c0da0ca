"""Deterministic names: never a global counter, so the same spec has the same names in every process."""

import functools
import re
from dataclasses import dataclass, field


@functools.lru_cache(maxsize=1024)
def snake_case(name: str) -> str:
    """The class name as Keras spells it in layer names.

    >>> snake_case("Conv2D"), snake_case("BatchNormalization"), snake_case("ReLU"), snake_case("LSTM")
    ('conv2d', 'batch_normalization', 're_lu', 'lstm')
    >>> snake_case("my_layers.GatedDense")
    'gated_dense'
    """
    name = re.sub(r"\W+", "", name.rpartition(".")[2])
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


@dataclass(slots=True)
class Namer:
    """Names the layers of one scope: the second equal gets `_1`, the third `_2`.

    Args:
        scope: path of the scope, joined by `.`; empty at the top.
        given: the names that `as` gives in this scope.
    """

    scope: str = ""
    given: frozenset[str] = frozenset()
    counts: dict[str, int] = field(default_factory=dict)

    def automatic(self, base: str) -> str:
        """The next name of a layer that nobody named; names given with `as` are passed over."""
        while True:
            count = self.counts.get(base, 0)
            self.counts[base] = count + 1
            name = f"{base}_{count}" if count else base
            if name not in self.given:
                return self.within(name)

    def within(self, name: str) -> str:
        """The full name of a name in this scope."""
        return f"{self.scope}.{name}" if self.scope else name
