"""Small specs that several tests of this floor train, on the backend that the process runs on."""

import os

BACKEND = os.environ.get("KERAS_BACKEND", "tensorflow")

DIGITS = """
recipe: 1
name: small
data:
  source: {bundled: digits}
  split: {validation: 100, test: 200}
architecture:
  - Flatten
  - Dense: {units: 16, activation: relu}
  - head
optimizer:
  SGD: {learning_rate: 0.1, momentum: 0.9}
training: {epochs: 2, batch_size: 64}
runtime: {seed: 3, backend: BACKEND}
""".replace("BACKEND", BACKEND)

IMAGES = DIGITS.replace(
    """  - Flatten
  - Dense: {units: 16, activation: relu}
""",
    """  - Conv2D: {filters: 8, kernel_size: 3, use_bias: false}
  - BatchNormalization
  - ReLU
  - Dropout: 0.3
  - Flatten
""",
)
