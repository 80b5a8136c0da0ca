"""Counted operations against formulas written by hand, published numbers, and what JAX counts."""

import inspect

import keras
import pytest
from keras import layers

from recipe.catalog import lookup
from recipe.compiler.constructing import class_of
from recipe.compiler.costs import cost_of, cost_of_model
from recipe.compiler.flops import FORMULAS, RATES, TRAINING_FACTOR
from recipe.compiler.layer_calls import EXPANSIONS
from recipe.compiler.weights import without_values

MULTIPLY_ADD = 2


def forward(layer, *shapes, **call):
    """Operations of a layer's call on inputs of these shapes, without a batch."""

    def build():
        tensors = [keras.Input(shape) for shape in shapes]
        return layer(tensors[0] if len(tensors) == 1 else tensors, **call)

    return cost_of(without_values(build)).flops


# The right side is written as a paper writes it: 2 x rows x columns x depth.
PRODUCTS = {
    "Dense": (lambda: layers.Dense(10), [(64,)], 2 * 64 * 10 + 10),
    "Dense over a sequence": (lambda: layers.Dense(10, use_bias=False), [(7, 64)], 7 * 2 * 64 * 10),
    "Dense with an activation": (lambda: layers.Dense(10, activation="relu"), [(64,)], 2 * 64 * 10 + 20),
    "EinsumDense": (
        lambda: layers.EinsumDense("abc,cde->abde", (7, 4, 8)),
        [(7, 64)],
        2 * 7 * 64 * 4 * 8,
    ),
    "EinsumDense over an ellipsis": (
        lambda: layers.EinsumDense("...x,xy->...y", (10,)),
        [(64,)],
        2 * 64 * 10,
    ),
    "Conv1D": (lambda: layers.Conv1D(8, 3, use_bias=False), [(10, 4)], 2 * 8 * 8 * 3 * 4),
    "Conv2D": (lambda: layers.Conv2D(8, 3, use_bias=False), [(10, 10, 4)], 2 * 64 * 8 * 9 * 4),
    "Conv2D, channels first": (
        lambda: layers.Conv2D(8, 3, use_bias=False, data_format="channels_first"),
        [(4, 10, 10)],
        2 * 64 * 8 * 9 * 4,
    ),
    "Conv2D in groups": (
        lambda: layers.Conv2D(8, 3, groups=2, use_bias=False),
        [(10, 10, 4)],
        64 * 8 * 9 * 4,
    ),
    "Conv2D with strides": (
        lambda: layers.Conv2D(8, 3, strides=2, padding="same", use_bias=False),
        [(10, 10, 4)],
        2 * 25 * 8 * 9 * 4,
    ),
    "Conv3D": (lambda: layers.Conv3D(8, 3, use_bias=False), [(4, 4, 4, 2)], 2 * 8 * 8 * 27 * 2),
    "Conv2DTranspose": (
        lambda: layers.Conv2DTranspose(8, 3, strides=2, use_bias=False),
        [(5, 5, 4)],
        2 * 25 * 8 * 9 * 4,
    ),
    "DepthwiseConv2D": (
        lambda: layers.DepthwiseConv2D(3, depth_multiplier=2, use_bias=False),
        [(10, 10, 4)],
        2 * 64 * 4 * 2 * 9,
    ),
    "SeparableConv2D": (
        lambda: layers.SeparableConv2D(8, 3, use_bias=False),
        [(10, 10, 4)],
        2 * 64 * (9 * 4 + 4 * 8),
    ),
    "SimpleRNN": (lambda: layers.SimpleRNN(8, use_bias=False), [(6, 4)], 6 * (2 * 8 * (4 + 8) + 3 * 8)),
    "LSTM": (lambda: layers.LSTM(8), [(6, 4)], 6 * (2 * 4 * 8 * (4 + 8) + 17 * 8)),
    "GRU": (lambda: layers.GRU(8), [(6, 4)], 6 * (2 * 3 * 8 * (4 + 8) + 15 * 8)),
    "RNN of stacked cells": (
        lambda: layers.RNN([layers.LSTMCell(8), layers.LSTMCell(8)]),
        [(6, 4)],
        6 * (2 * 4 * 8 * (4 + 8) + 17 * 8 + 2 * 4 * 8 * (8 + 8) + 17 * 8),
    ),
    "Bidirectional": (
        lambda: layers.Bidirectional(layers.LSTM(8)),
        [(6, 4)],
        2 * 6 * (2 * 4 * 8 * (4 + 8) + 17 * 8),
    ),
    "TimeDistributed": (lambda: layers.TimeDistributed(layers.Dense(10)), [(7, 64)], 7 * (2 * 64 * 10 + 10)),
    "ConvLSTM2D": (
        lambda: layers.ConvLSTM2D(8, 3, padding="same"),
        [(6, 5, 5, 4)],
        6 * 25 * (2 * 9 * (4 + 8) * 32 + 17 * 8),
    ),
    "MaxPooling2D": (lambda: layers.MaxPooling2D(2), [(10, 10, 4)], 10 * 10 * 4),
    "Add": (layers.Add, [(7,), (7,), (7,)], 2 * 7),
    "Dot": (lambda: layers.Dot(axes=1), [(7,), (7,)], 2 * 7),
    "Embedding": (lambda: layers.Embedding(100, 8), [(7,)], 0),
    "Flatten": (layers.Flatten, [(7, 3)], 0),
    "ReLU": (layers.ReLU, [(7, 3)], 21),
}


@pytest.mark.parametrize("case", PRODUCTS)
def test_a_layer_costs_what_its_formula_says(case):
    make, shapes, expected = PRODUCTS[case]
    assert forward(make(), *shapes) == expected


def test_attention_costs_four_projections_and_two_products_of_scores():
    length, width, heads, size = 16, 32, 4, 8
    sequence = keras.Input((length, width))
    layer = layers.MultiHeadAttention(heads, size)
    projections = 4 * 2 * length * width * heads * size
    scores = 2 * 2 * heads * length * length * size
    assert cost_of(layer(sequence, sequence)).flops == projections + scores + 5 * heads * length * length


def test_attention_over_another_sequence_projects_that_one_to_keys_and_values():
    query, value = keras.Input((16, 32)), keras.Input((5, 24))
    given = layers.MultiHeadAttention(4, 8)(query=query, value=value)
    projections = 2 * 32 * (2 * 16 * 32) + 2 * 32 * (2 * 5 * 24)
    assert cost_of(given).flops == projections + 2 * 2 * 4 * 16 * 5 * 8 + 5 * 4 * 16 * 5


def test_grouped_attention_projects_fewer_keys_and_values():
    sequence = keras.Input((16, 32))
    given = layers.GroupQueryAttention(8, num_query_heads=4, num_key_value_heads=2)(sequence, sequence)
    projections = 2 * 16 * 32 * (2 * 4 * 8 + 2 * 2 * 8)
    assert cost_of(given).flops == projections + 2 * 2 * 4 * 16 * 16 * 8 + 5 * 4 * 16 * 16


def test_a_tied_embedding_is_free_forward_and_a_product_in_reverse():
    table = layers.ReversibleEmbedding(100, 8)
    vectors = table(keras.Input((7,), dtype="int32"))
    assert cost_of(vectors).flops == 0
    assert cost_of(table(vectors, reverse=True)).flops == 2 * 7 * 8 * 100


def test_a_layer_that_is_called_twice_costs_twice():
    shared, image = layers.Dense(10), keras.Input((10,))
    once = cost_of_model(keras.Model(image, shared(image))).flops
    assert cost_of_model(keras.Model(image, shared(shared(image)))).flops == 2 * once


def test_a_model_as_a_layer_costs_what_it_costs_at_the_size_it_is_called_with():
    anywhere = keras.Input((None, None, 3))
    inner = keras.Model(anywhere, layers.Conv2D(8, 3, padding="same", use_bias=False)(anywhere))
    assert cost_of(inner(keras.Input((10, 10, 3)))).flops == 2 * 100 * 8 * 9 * 3
    assert cost_of(inner(keras.Input((20, 10, 3)))).flops == 2 * 200 * 8 * 9 * 3


def test_the_cost_of_an_unknown_size_is_not_known():
    assert cost_of(layers.Dense(3)(keras.Input((None, 4)))).flops is None


def test_the_cost_of_a_class_of_someone_else_is_not_known():
    class Mystery(layers.Layer):
        def call(self, inputs):
            return inputs * 2

    assert cost_of(Mystery()(keras.Input((4,)))).flops is None


def test_every_layer_of_the_catalog_that_multiplies_by_a_matrix_has_a_formula():
    known = {*FORMULAS, *RATES, *EXPANSIONS}
    targets = [target for target in lookup.targets() if target.startswith("keras.layers.")]
    classes = [class_of(target) for target in targets]
    missing = {
        each.__name__
        for each in classes
        if {"kernel_initializer", "depthwise_initializer", "cell"} & {*inspect.signature(each).parameters}
        and not known & set(each.__mro__)
    }
    assert len(classes) > 120
    assert missing == set()


# Multiply-adds of one 224 x 224 image. Keras's ResNet50 is that of the paper, with strides in the 1 x 1
# convolutions; the variant with strides in the 3 x 3 convolutions has 4.1 G.
PUBLISHED = {
    "ResNet50": 3.8e9,  # He et al., arXiv 1512.03385, table 1
    "ResNet152": 11.3e9,  # the same
    "VGG16": 15.5e9,  # Canziani et al., arXiv 1605.07678, figure 1, and 15.3e9 by He et al.
    "MobileNetV2": 0.30e9,  # Sandler et al., arXiv 1801.04381, table 4
    "DenseNet121": 2.87e9,  # Huang et al., arXiv 1608.06993, figure 3, and its code
    "EfficientNetB0": 0.39e9,  # Tan and Le, arXiv 1905.11946, table 2
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_image_models_cost_what_their_papers_say(name):
    model = without_values(lambda: getattr(keras.applications, name)(weights=None))
    assert cost_of_model(model).flops / MULTIPLY_ADD == pytest.approx(PUBLISHED[name], rel=0.04)


def decoder(depth, width, length, vocabulary):
    tokens = keras.Input((length,), dtype="int32")
    x = layers.Embedding(vocabulary, width)(tokens)
    for _ in range(depth):
        y = layers.LayerNormalization()(x)
        x = layers.Add()([x, layers.MultiHeadAttention(width // 64, 64)(y, y, use_causal_mask=True)])
        y = layers.Dense(4 * width, activation="gelu")(layers.LayerNormalization()(x))
        x = layers.Add()([x, layers.Dense(width)(y)])
    return keras.Model(tokens, layers.Dense(vocabulary, use_bias=False)(x))


def test_training_a_transformer_costs_six_operations_a_parameter_and_token():
    # Kaplan et al., arXiv 2001.08361, section 2.1: C = 6 N D, N without the embedding, and 12 L T d scores.
    depth, width, length, vocabulary = 12, 768, 1024, 50257
    model = without_values(lambda: decoder(depth, width, length, vocabulary))
    parameters = model.count_params() - vocabulary * width
    expected = 6 * parameters + 12 * depth * length * width
    counted = TRAINING_FACTOR * cost_of_model(model).flops / length
    assert counted == pytest.approx(expected, rel=0.02)


@pytest.mark.slow
def test_training_gpt_3_costs_what_its_paper_says():
    # Brown et al., arXiv 2005.14165, table D.1: 3.14e23 operations for 300 billion tokens, without the scores
    # of attention and their products.
    length = 2048
    model = without_values(lambda: decoder(depth=96, width=12288, length=length, vocabulary=50257))
    counted = TRAINING_FACTOR * cost_of_model(model).flops / length * 300e9
    assert counted == pytest.approx(3.14e23, rel=0.04)


# XLA leaves the products with padding out, and counts several operations for a GELU.
@pytest.mark.parametrize(
    ("name", "tolerance"),
    [("mlp", 0), ("separable", 0), ("cnn", 0.002), ("resnet", 0.05), ("transformer", 0.05)],
)
def test_jax_counts_the_same(jax_costs, name, tolerance):
    assert jax_costs[name]["our_flops"] == pytest.approx(jax_costs[name]["flops"], rel=tolerance)


def test_jax_counts_one_step_of_the_sequence_and_we_count_all(jax_costs):
    assert jax_costs["lstm"]["our_flops"] == pytest.approx(64 * jax_costs["lstm"]["flops"], rel=0.05)
