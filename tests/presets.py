"""Small presets as KerasHub itself writes them, and what it makes of them."""

import importlib.util
from pathlib import Path

import keras
import numpy as np
import pytest

needs_hub = pytest.mark.skipif(
    importlib.util.find_spec("keras_hub") is None, reason="the extra `kerashub` is not installed"
)

WORDS = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "[MASK]",
    "good",
    "bad",
    "film",
    "a",
    "the",
    "was",
    "very",
    "##ly",
]


def write_bert(folder: Path) -> Path:
    """A BERT of two layers over 13 tokens, with its tokenizer."""
    from keras_hub import models

    keras.utils.set_random_seed(1)
    network = models.BertBackbone(
        vocabulary_size=len(WORDS),
        num_layers=2,
        num_heads=2,
        hidden_dim=8,
        intermediate_dim=16,
        max_sequence_length=12,
    )
    dice = np.random.default_rng(1)
    for weight in network.weights:  # else it says nearly nothing of its input
        weight.assign(np.asarray(weight) + dice.normal(scale=0.3, size=weight.shape))
    network.save_to_preset(folder)
    models.BertTokenizer(vocabulary=WORDS, lowercase=True).save_to_preset(folder)
    return folder


def write_resnet(folder: Path) -> Path:
    """A ResNet of two blocks whose images are scaled and moved channel by channel."""
    from keras_hub import layers, models

    keras.utils.set_random_seed(2)
    network = models.ResNetBackbone(
        input_conv_filters=[64],
        input_conv_kernel_sizes=[3],
        stackwise_num_filters=[64, 64],
        stackwise_num_blocks=[1, 1],
        stackwise_num_strides=[1, 2],
        block_type="basic_block",
        image_shape=(None, None, 3),
    )
    dice = np.random.default_rng(2)
    for weight in network.weights:  # else batch norms would do nothing
        weight.assign(np.asarray(weight) + 0.1 * np.square(dice.normal(size=weight.shape)))
    network.save_to_preset(folder)
    scale, offset = [1 / 51, 1 / 76.5, 1 / 102], [-0.5, -0.4, -0.3]
    layers.ResNetImageConverter(image_size=(8, 8), scale=scale, offset=offset).save_to_preset(folder)
    return folder


def write_gpt2(folder: Path) -> Path:
    """A GPT-2 of one layer over 16 tokens, without a tokenizer."""
    from keras_hub import models

    keras.utils.set_random_seed(3)
    models.GPT2Backbone(
        vocabulary_size=16,
        num_layers=1,
        num_heads=2,
        hidden_dim=8,
        intermediate_dim=32,
        max_sequence_length=12,
    ).save_to_preset(folder)
    return folder


def write_ids(folder: Path, count: int = 80) -> None:
    """`ids.npz`: texts of up to ten tokens, filled up with zeros, and whether the first is a late one."""
    dice = np.random.default_rng(0)
    x = dice.integers(1, len(WORDS), (count, 10)).astype("int32")
    x[np.arange(10) >= dice.integers(3, 11, (count, 1))] = 0
    np.savez(folder / "ids.npz", x=x, y=(x[:, 0] > len(WORDS) // 2).astype("int64"))


IDS = """\
recipe: 1
name: texts
data:
  source: {npz: {path: ids.npz, features: x, target: y}}
  features: {x: category}
  target: {y: category}
architecture:
  - Backbone: ./bert
    as: bert
  - head
optimizer: {Adam: {learning_rate: 1e-3}}
training: {epochs: 2, batch_size: 16}
monitor: {checkpoint: {every: 1 steps}}
runtime: {seed: 1}
"""

DIGITS = """\
recipe: 1
name: digits
data: {source: {bundled: digits}}
architecture:
  - Concatenate:
    from: [input, input, input]
    as: rgb
  - Backbone: ./resnet
    as: resnet
  - GlobalAveragePooling2D
  - head
optimizer: {Adam: {learning_rate: 1e-3}}
training: {epochs: 1, batch_size: 256}
runtime: {seed: 1}
"""

TEXTS = """\
recipe: 1
name: films
data:
  source: {csv: {path: films.csv}}
  features: {text: {text: {tokenizer: ./bert, length: 8}}}
  target: {good: category}
architecture:
  - Backbone: ./bert
    as: bert
  - head
optimizer: {Adam: {learning_rate: 1e-2}}
training: {epochs: 30, batch_size: 16}
runtime: {seed: 1}
"""


def write_films(folder: Path, count: int = 60) -> None:
    """`films.csv`: a sentence on a film, and whether it was good."""
    dice = np.random.default_rng(0)
    rows = ["text,good"]
    for good in dice.integers(0, 2, count):
        words = ["The" if dice.integers(2) else "A", "film was", *["very"] * dice.integers(0, 3)]
        rows.append(f"{' '.join(words)} {'good' if good else 'bad'},{'yes' if good else 'no'}")
    (folder / "films.csv").write_text("\n".join(rows) + "\n")
