"""Operations of attention: projections, scores, and the mean of the values that they weigh."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from keras import layers

from recipe.compiler.layer_calls import LayerCall, Shape

# A softmax takes a maximum, a difference, a power and a quotient of each score; scaling comes before it.
_PER_SCORE = 5


@dataclass(frozen=True, slots=True)
class Attention:
    """Sizes of one attention call.

    Args:
        rows: attentions beside each other; above one where axes are not attended over.
        queries: places that ask.
        keys: places that answer.
        heads: of the queries.
        key_heads: of keys and values; fewer than `heads` where several share one.
        key_size: of a query and a key of one head.
        value_size: of a value of one head.
        widths: features of query, key, value and output before and after the projections; None without.
    """

    rows: int
    queries: int
    keys: int
    heads: int
    key_heads: int
    key_size: int
    value_size: int
    widths: tuple[int, int, int, int] | None

    @property
    def scores(self) -> int:
        """How many pairs are compared; a causal mask is not taken off."""
        return self.rows * self.heads * self.queries * self.keys

    @property
    def projected(self) -> int:
        """Elements of the projected queries, keys and values, and of the mean of the values."""
        asked = self.rows * self.queries * self.heads * (self.key_size + self.value_size)
        return asked + self.rows * self.keys * self.key_heads * (self.key_size + self.value_size)

    @property
    def products(self) -> int:
        """Operations of the projections."""
        if self.widths is None:
            return 0
        query, key, value, output = self.widths
        asked = self.queries * self.heads * (query * self.key_size + self.value_size * output)
        answered = self.keys * self.key_heads * (key * self.key_size + value * self.value_size)
        return 2 * self.rows * (asked + answered)


def sizes_of(call: LayerCall) -> Attention:
    """The sizes of a call of an attention layer."""
    return _SIZES[next(base for base in type(call.layer).__mro__ if base in _SIZES)](call)


def _multi_head(call: LayerCall) -> Attention:
    layer, (query, key, value) = call.layer, _fed(call)
    axes = [axis - 1 for axis in layer._attention_axes]
    queries, keys = (math.prod(shape[axis] for axis in axes) for shape in (query, key))
    rows = math.prod(query[:-1]) // queries
    sizes = (layer.key_dim, layer.value_dim, (query[-1], key[-1], value[-1], call.outputs[0][-1]))
    return Attention(rows, queries, keys, layer.num_heads, layer.num_heads, *sizes)


def _grouped(call: LayerCall) -> Attention:
    layer, (query, key, value) = call.layer, _fed(call)
    sizes = (layer.head_dim, layer.head_dim, (query[-1], key[-1], value[-1], call.outputs[0][-1]))
    return Attention(1, query[0], key[0], layer.num_query_heads, layer.num_key_value_heads, *sizes)


def _plain(call: LayerCall) -> Attention:
    """`Attention: inputs` are query, value and perhaps key, without projections."""
    query, value, key = (*call.inputs, call.inputs[1])[:3] if len(call.inputs) > 1 else call.inputs * 3
    return Attention(1, query[-2], key[-2], 1, 1, query[-1], value[-1], None)


def _fed(call: LayerCall) -> tuple[Shape, Shape, Shape]:
    """Shapes of query, key and value; the key is the value unless it is given."""
    query, value = call.named["query"], call.named["value"]
    return query, call.named.get("key", value), value


_SIZES: Mapping[type, Callable[[LayerCall], Attention]] = MappingProxyType(
    {
        layers.MultiHeadAttention: _multi_head,
        layers.GroupQueryAttention: _grouped,
        layers.Attention: _plain,
        layers.AdditiveAttention: _plain,
    }
)


def _dot_product(call: LayerCall) -> int:
    """Each score is a product of `key_size`, and adds `value_size` values into the mean."""
    sizes = sizes_of(call)
    weighed = 2 * sizes.scores * (sizes.key_size + sizes.value_size)
    return sizes.products + weighed + _PER_SCORE * sizes.scores


def _additive(call: LayerCall) -> int:
    """Each score is a sum over `tanh(query + key)` times a weight (Bahdanau et al., arXiv 1409.0473)."""
    sizes = sizes_of(call)
    return sizes.scores * (4 * sizes.key_size + 2 * sizes.value_size + _PER_SCORE)


FORMULAS: Mapping[type, Any] = MappingProxyType(
    {
        layers.MultiHeadAttention: _dot_product,
        layers.GroupQueryAttention: _dot_product,
        layers.Attention: _dot_product,
        layers.AdditiveAttention: _additive,
    }
)
