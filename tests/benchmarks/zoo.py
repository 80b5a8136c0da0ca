"""The networks of the step-time benchmark: hand-written Keras models, data, and weights to begin from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

CLASSES = 10
# Of Adam: Keras adds it before the correction of the bias and PyTorch after; a small one makes them equal.
EPSILON = 1e-12
VOCABULARY = 65
WIDTH, HEADS = 128, 4


@dataclass(frozen=True, slots=True)
class Task:
    """A network and the batches it trains on.

    Args:
        name: in the table.
        shape: of one example.
        batch: examples a step.
        steps: of one timed epoch.
        build: makes the Keras model; its output are logits in float32.
        tokens: whether examples are token ids, with a target at every position.
        rate: learning rate of Adam; of SGD with momentum 0.9 when `momentum` is set.
        momentum: whether the optimizer is SGD, as in the paper of the network.
    """

    name: str
    shape: tuple[int, ...]
    batch: int
    steps: int
    build: Callable[["Task"], Any]
    tokens: bool = False
    rate: float = 1e-3
    momentum: bool = False

    def data(self) -> tuple[np.ndarray, np.ndarray]:
        """Random inputs `(steps * batch, *shape)` and targets that can be learned from them."""
        random = np.random.default_rng(1)
        size = self.steps * self.batch
        if self.tokens:
            tokens = random.integers(0, VOCABULARY, (size, *self.shape), dtype=np.int32)
            return tokens, (tokens * 7 + 3) % VOCABULARY
        inputs = random.standard_normal((size, *self.shape), dtype=np.float32)
        directions = random.standard_normal((int(np.prod(self.shape)), CLASSES), dtype=np.float32)
        return inputs, (inputs.reshape(size, -1) @ directions).argmax(axis=1).astype(np.int32)


def mlp(task: Task) -> Any:
    """784-64-10."""
    from keras import Model, layers

    inputs = layers.Input(task.shape)
    hidden = layers.Dense(64, activation="relu")(inputs)
    return Model(inputs, layers.Dense(CLASSES, dtype="float32")(hidden))


def cnn(task: Task) -> Any:
    """The network of keras.io/examples/vision/mnist_convnet, without its dropout."""
    from keras import Model, layers

    inputs = value = layers.Input(task.shape)
    for filters in (32, 64):
        value = layers.Conv2D(filters, 3, activation="relu")(value)
        value = layers.MaxPooling2D(2)(value)
    return Model(inputs, layers.Dense(CLASSES, dtype="float32")(layers.Flatten()(value)))


def resnet20(task: Task) -> Any:
    """He et al., arXiv 1512.03385, section 4.2, with projections where shapes differ."""
    from keras import Model, layers

    def convolution(name: str, value: Any, filters: int, size: int, stride: int) -> Any:
        value = layers.Conv2D(filters, size, stride, padding="same", use_bias=False, name=name)(value)
        return layers.BatchNormalization()(value)

    inputs = layers.Input(task.shape)
    value = layers.ReLU()(convolution("stem", inputs, 16, 3, 1))
    for stage, filters in enumerate((16, 32, 64)):
        for block in range(3):
            stride = 2 if stage and not block else 1
            here = f"{stage}.{block}"
            shortcut = convolution(f"{here}.shortcut", value, filters, 1, stride) if stride == 2 else value
            value = layers.ReLU()(convolution(f"{here}.first", value, filters, 3, stride))
            second = convolution(f"{here}.second", value, filters, 3, 1)
            value = layers.ReLU()(layers.Add()([second, shortcut]))
    value = layers.GlobalAveragePooling2D()(value)
    return Model(inputs, layers.Dense(CLASSES, dtype="float32")(value))


def lstm(task: Task) -> Any:
    """One recurrent layer of 64 units."""
    from keras import Model, layers

    inputs = layers.Input(task.shape)
    return Model(inputs, layers.Dense(CLASSES, dtype="float32")(layers.LSTM(64)(inputs)))


def transformer(task: Task) -> Any:
    """Two pre-norm blocks of width 128 with 4 causal heads, and a prediction at every position."""
    from keras import Model, layers, ops

    inputs = layers.Input(task.shape, dtype="int32")
    positions = layers.Embedding(task.shape[0], WIDTH)(ops.cumsum(ops.ones_like(inputs), axis=1) - 1)
    value = layers.Add()([layers.Embedding(VOCABULARY, WIDTH)(inputs), positions])
    for _ in range(2):
        normal = layers.LayerNormalization()(value)
        mixed = layers.MultiHeadAttention(HEADS, WIDTH // HEADS)(normal, normal, use_causal_mask=True)
        value = layers.Add()([value, mixed])
        hidden = layers.Dense(4 * WIDTH, activation="gelu")(layers.LayerNormalization()(value))
        value = layers.Add()([value, layers.Dense(WIDTH)(hidden)])
    logits = layers.Dense(VOCABULARY, dtype="float32")(layers.LayerNormalization()(value))
    return Model(inputs, logits)


TASKS: Mapping[str, Task] = {
    task.name: task
    for task in (
        Task("mlp-32", (784,), 32, 1024, mlp),
        Task("mlp-128", (784,), 128, 512, mlp),
        Task("cnn", (28, 28, 1), 64, 64, cnn),
        Task("resnet-20", (32, 32, 3), 64, 8, resnet20, rate=0.01, momentum=True),
        Task("lstm", (64, 16), 64, 64, lstm),
        Task("transformer", (128,), 64, 8, transformer, tokens=True),
    )
}


def begin(model: Any) -> dict[str, np.ndarray]:
    """Give every weight a value that hangs on its place and shape alone; returns them by path, in order."""
    values = {weight.path: _value(place, weight) for place, weight in enumerate(model.weights)}
    model.set_weights(list(values.values()))
    return values


def _value(place: int, weight: Any) -> np.ndarray:
    shape, kind = tuple(weight.shape), weight.path.rpartition("/")[2]
    if kind in ("gamma", "moving_variance"):
        return np.ones(shape, np.float32)
    if kind in ("bias", "beta", "moving_mean"):
        return np.zeros(shape, np.float32)
    scale = 0.02 if kind == "embeddings" else np.sqrt(1.0 / np.prod(shape[:-1]))
    return (scale * np.random.default_rng(place).standard_normal(shape)).astype(np.float32)
