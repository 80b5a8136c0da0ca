"""What JAX says a few models cost, and what recipe says, in a process of its own: Keras has one backend."""

import json
import math

import jax
import keras
from keras import layers

from recipe.compiler.costs import cost_of_model
from recipe.compiler.memory import activation_bytes
from recipe.compiler.weights import without_values

BATCH = 16


def mlp():
    image = keras.Input((784,))
    return image, layers.Dense(10)(
        layers.Dense(256, activation="relu")(layers.Dense(512, activation="relu")(image))
    )


def cnn():
    image = x = keras.Input((28, 28, 1))
    for filters in (32, 64):
        x = layers.MaxPooling2D()(layers.Conv2D(filters, 3, activation="relu")(x))
    return image, layers.Dense(10)(layers.Flatten()(x))


def separable():
    image = x = keras.Input((28, 28, 8))
    x = layers.SeparableConv2D(32, 3, activation="relu")(x)
    x = layers.DepthwiseConv2D(5, strides=2)(x)
    x = layers.Conv2DTranspose(16, 3, strides=2)(x)
    return image, layers.Dense(10)(layers.GlobalAveragePooling2D()(x))


def resnet():
    image = keras.Input((32, 32, 3))
    x = layers.Conv2D(32, 3, padding="same")(image)
    for _ in range(3):
        y = layers.ReLU()(layers.BatchNormalization()(layers.Conv2D(32, 3, padding="same")(x)))
        y = layers.BatchNormalization()(layers.Conv2D(32, 3, padding="same")(y))
        x = layers.ReLU()(layers.Add()([x, y]))
    return image, layers.Dense(10)(layers.GlobalAveragePooling2D()(x))


def transformer(width=256, length=64, vocabulary=1000):
    tokens = keras.Input((length,), dtype="int32")
    x = layers.Embedding(vocabulary, width)(tokens)
    for _ in range(2):
        y = layers.LayerNormalization()(x)
        x = layers.Add()([x, layers.MultiHeadAttention(4, width // 4)(y, y, use_causal_mask=True)])
        y = layers.Dense(4 * width, activation="gelu")(layers.LayerNormalization()(x))
        x = layers.Add()([x, layers.Dense(width)(y)])
    return tokens, layers.Dense(vocabulary)(x)


def lstm():
    series = keras.Input((64, 32))
    return series, layers.Dense(10)(layers.LSTM(64)(series))


def gru():
    series = keras.Input((64, 32))
    return series, layers.Dense(10)(layers.GRU(64)(series))


def compared(make):
    """Operations of a forward pass and bytes kept for the pass back, by JAX and by recipe."""
    model = without_values(lambda: keras.Model(*make()))
    model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    (fed,), (given,) = model.inputs, model.outputs
    inputs = jax.ShapeDtypeStruct((BATCH, *fed.shape[1:]), fed.dtype)
    targets = jax.ShapeDtypeStruct((BATCH, *given.shape[1:-1]), "int32")
    weights = [jax.ShapeDtypeStruct(each.shape, each.dtype) for each in model.trainable_variables]
    rest = [jax.ShapeDtypeStruct(each.shape, each.dtype) for each in model.non_trainable_variables]

    def loss(weights, rest, inputs, targets):
        outputs, _ = model.stateless_call(weights, rest, inputs, training=True)
        return model.compute_loss(inputs, targets, outputs, training=True)

    forward = jax.jit(lambda *values: model.stateless_call(*values, training=False)[0])
    kept = jax.eval_shape(
        lambda weights, *values: jax.vjp(lambda weights: loss(weights, *values), weights)[1],
        weights,
        rest,
        inputs,
        targets,
    )
    sizes = {weight.shape for weight in weights}
    arrays = [leaf for leaf in jax.tree_util.tree_leaves(kept) if leaf.shape not in sizes]
    cost = cost_of_model(model)
    return {
        "flops": forward.lower(weights, rest, inputs).cost_analysis()["flops"],
        "our_flops": BATCH * cost.flops,
        "kept": sum(math.prod(array.shape) * array.dtype.itemsize for array in arrays),
        "our_kept": activation_bytes(model, [cost.kept_bytes], BATCH),
    }


if __name__ == "__main__":
    models = (mlp, cnn, separable, resnet, transformer, lstm, gru)
    print(json.dumps({make.__name__: compared(make) for make in models}))
