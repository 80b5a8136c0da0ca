"""The shipped blocks for sequences: what they compute, against Keras written by hand."""

from pathlib import Path

import keras
import numpy
import pytest
from keras import layers

from recipe.catalog.blocks import shipped_block, shipped_names
from tests.checking import told
from tests.specs.sequences import SKELETON, TRAINING, abstract, as_array, facts, scattered, valued

WIDTH, HEADS, LENGTH = 16, 4, 6
SERIES = facts(shape=(LENGTH, WIDTH))
SEQUENCE_BLOCKS = (
    "attention",
    "class_token",
    "cross_attention",
    "feed_forward",
    "positions",
    "transformer",
    "transformer_decoder",
)


def ended(*lines: str) -> str:
    """An architecture whose output is the sequence itself."""
    body = "".join(f"    {line}\n" for line in lines)
    end = "    - Identity: {dtype: float32}\n      as: end\n  outputs: {label: end}\n"
    return f"architecture:\n  layers:\n{body}{end}"


def series(seed: int = 0) -> numpy.ndarray:
    return numpy.random.default_rng(seed).normal(size=(3, LENGTH, WIDTH)).astype("float32")


@pytest.mark.parametrize("name", SEQUENCE_BLOCKS)
def test_each_block_says_in_one_line_what_it_is_and_then_where_it_is_from(name):
    block = shipped_block(name)
    assert name in shipped_names()
    assert block.help
    assert "arXiv" in Path(block.layers.span.source).read_text(encoding="utf-8").splitlines()[1]


# -- transformer ---------------------------------------------------------------------------------


def by_hand(model: keras.Model, *, norm_first: bool, causal: bool, cross: bool = False) -> keras.Model:
    """A transformer block as one writes it in Keras, with the weights of the spec's, taken by name."""
    found = {
        "norms": [layer for layer in model.layers if isinstance(layer, layers.LayerNormalization)],
        "attentions": [layer for layer in model.layers if isinstance(layer, layers.MultiHeadAttention)],
        "denses": [layer for layer in model.layers if isinstance(layer, layers.Dense)],
    }
    given = {kind: iter(sorted(group, key=lambda layer: layer.name)) for kind, group in found.items()}

    def copied(kind, layer, *inputs, **call):
        output = layer(*inputs, **call)
        layer.set_weights(next(given[kind]).get_weights())
        return output

    def norm(x):
        return copied("norms", layers.LayerNormalization(epsilon=1e-5), x)

    def attend(x):
        attention = layers.MultiHeadAttention(num_heads=HEADS, key_dim=WIDTH // HEADS)
        return copied("attentions", attention, x, x, use_causal_mask=causal)

    def remember(x):
        attention = layers.MultiHeadAttention(num_heads=HEADS, key_dim=WIDTH // HEADS)
        return copied("attentions", attention, x, memory)

    def feed_forward(x):
        hidden = copied("denses", layers.Dense(4 * WIDTH, activation="gelu"), x)
        return copied("denses", layers.Dense(WIDTH), hidden)

    def residual(x, body):
        return x + body(norm(x)) if norm_first else norm(x + body(x))

    x = inputs = keras.Input((LENGTH, WIDTH))
    memory = keras.Input((LENGTH, WIDTH)) if cross else None
    for body in (attend, remember, feed_forward) if cross else (attend, feed_forward):
        x = residual(x, body)
    return keras.Model([inputs, memory] if cross else inputs, x)


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("norm_first", [False, True])
def test_a_transformer_block_equals_one_written_by_hand_in_keras(norm_first, causal):
    block = f"- transformer: {{width: 16, heads: 4, norm_first: {norm_first}, causal: {causal}}}".lower()
    model = scattered(valued(ended(block), SERIES))
    hand = by_hand(model, norm_first=norm_first, causal=causal)
    assert hand.count_params() == model.count_params()
    numpy.testing.assert_allclose(as_array(model(series())), as_array(hand(series())), rtol=0, atol=1e-6)


@pytest.mark.parametrize("norm_first", [False, True])
def test_a_decoder_block_equals_one_written_by_hand_in_keras(norm_first):
    two = facts("said", "memory", shape=(LENGTH, WIDTH))
    block = f"- transformer_decoder: {{width: 16, heads: 4, norm_first: {norm_first}}}".lower()
    text = ended(block, "  from: [said, memory]").replace(
        "  layers:", "  inputs: {said: auto, memory: auto}\n  layers:"
    )
    model = scattered(valued(text, two))
    hand = by_hand(model, norm_first=norm_first, causal=True, cross=True)
    fed = {"said": series(), "memory": series(seed=1)}
    assert hand.count_params() == model.count_params()
    expected = hand(list(fed.values()))
    numpy.testing.assert_allclose(as_array(model(fed)), as_array(expected), rtol=0, atol=1e-6)


def test_dropout_stands_behind_attention_and_feed_forward_and_on_the_attention_weights():
    table = valued(ended("- transformer: {width: 16, heads: 4, dropout: 0.2}"), SERIES).layers
    assert [layer.rate for layer in table if isinstance(layer, layers.Dropout)] == [0.2, 0.2]
    assert [layer.dropout for layer in table if isinstance(layer, layers.MultiHeadAttention)] == [0.2]


def test_without_a_rate_there_is_no_dropout_layer():
    table = abstract(ended("- transformer: {width: 16, heads: 4}"), SERIES).table
    assert {row.kind for row in table} == {
        "LayerNormalization",
        "MultiHeadAttention",
        "Add",
        "Dense",
        "Identity",
    }


def test_a_dropped_path_leaves_whole_examples_out_of_both_halves():
    table = valued(ended("- transformer: {width: 16, heads: 4, drop_path: 0.1}"), SERIES).layers
    shapes = [layer.noise_shape for layer in table if isinstance(layer, layers.Dropout)]
    assert shapes == [(None, 1, 1)] * 2


def test_heads_that_do_not_divide_the_width_are_refused():
    text = SKELETON + ended("- attention: {width: 16, heads: 3}") + TRAINING
    (found,) = told(text)
    assert (found.code, found.message) == ("R168", "`width` must be a multiple of `heads`")


# -- positions and class token -------------------------------------------------------------------


def test_positions_add_the_rows_of_their_table_in_order():
    model = scattered(valued(ended("- positions: {length: 10, width: 16}"), SERIES))
    table = model.get_layer("positions.table").get_weights()[0]
    assert table.shape == (10, WIDTH)
    added = as_array(model(series())) - series()
    numpy.testing.assert_allclose(added, numpy.stack([table[:LENGTH]] * 3), atol=1e-6)


def test_positions_count_right_where_half_precision_cannot():
    long = facts(shape=(600, WIDTH))
    text = ended("- positions: {length: 600, width: 16}") + "runtime: {precision: mixed_bfloat16}\n"
    model = scattered(valued(text, long))
    table = keras.ops.cast(model.get_layer("positions.table").get_weights()[0], "bfloat16")
    added = model(numpy.zeros((1, 600, WIDTH), "float32"))[0]
    numpy.testing.assert_array_equal(as_array(added), as_array(table))


def test_a_class_token_stands_first_and_is_the_same_for_every_example():
    model = scattered(valued(ended("- class_token: 16"), SERIES))
    (token,) = model.get_layer("class_token.token").get_weights()
    output = as_array(model(series()))
    numpy.testing.assert_array_equal(output[:, 0], numpy.repeat(token, 3, axis=0))
    numpy.testing.assert_array_equal(output[:, 1:], series())
