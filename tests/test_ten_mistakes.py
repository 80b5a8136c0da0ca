"""Ten independent mistakes in one spec: ten messages, in line order, and none that follows from another."""

import random

import pytest

from tests.checking import told

SPEC = """\
recipe: 1
name: ten
data:
  source: {bundled: digits}
  missing: error
  split:
    validation: 10%
    test: 20%
architecture:
  - RandomTranslation: {height_factor: 0.1, width_factor: 0.1}
  - Conv2D: {filters: 8, kernel_size: 3}
  - MaxPooling2D: 2
  - Flatten:
    as: flat
  - Dense: {units: 64, activation: relu}
  - Dropout
  - head
init: HeNormal
loss: auto
metrics: [accuracy]
optimizer:
  AdamW:
    learning_rate: 1e-3
    beta_1: 0.9
schedule:
  warmup_cosine:
    warmup: 5%
    floor: 0%
regularization:
  weight_decay: 1e-2
  label_smoothing: 0.1
  dropout: 0.2
training:
  epochs: 3
  batch_size: 32
monitor:
  best: val_loss
runtime:
  seed: 1
  precision: float32
"""
# One mistake for a line: what is replaced, by what, and the code of its message.
MISTAKES = (
    ("  missing: error", "  missing: eror", "R205"),
    ("    validation: 10%", "    validaton: 10%", "R201"),
    ("    test: 20%", "    test: 200%", "R205"),
    ("height_factor: 0.1", "heigth_factor: 0.1", "R203"),
    ("filters: 8", "filters: 0", "R205"),
    ("- MaxPooling2D: 2", "- MaxPool2d: 2", "R202"),
    ("activation: relu", "activation: rellu", "R205"),
    ("init: HeNormal", "init: HeNormall", "R202"),
    ("loss: auto", "loss: Dense", "R202"),
    ("metrics: [accuracy]", "metrics: [acuracy]", "R202"),
    ("    learning_rate: 1e-3", '    learning_rate: "1e-3"', "R207"),
    ("    beta_1: 0.9", "    beta1: 0.9", "R203"),
    ("    warmup: 5%", "    warmup: 5", "R206"),
    ("    floor: 0%", "    floor:", "R211"),
    ("  weight_decay: 1e-2", "  weight_dcay: 1e-2", "R201"),
    ("  label_smoothing: 0.1", "  label_smoothing: 10", "R205"),
    ("  dropout: 0.2", "  dropout: 50", "R205"),
    ("  batch_size: 32", "  batch_size: 0", "R205"),
    ("  seed: 1", "  sede: 1", "R201"),
    ("  precision: float32", "  precision: float23", "R205"),
)


def test_the_spec_without_mistakes_has_none():
    assert told(SPEC) == ()


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake[1].strip())
def test_each_mistake_alone_gives_one_message(mistake):
    right, wrong, code = mistake
    assert SPEC.count(right) == 1
    text = SPEC.replace(right, wrong)
    (problem,) = told(text)
    assert problem.code == code
    assert wrong.strip() in text.splitlines()[problem.span.line - 1]


@pytest.mark.parametrize("seed", range(20))
def test_ten_mistakes_give_ten_messages_in_line_order(seed):
    chosen = [MISTAKES[place] for place in sorted(random.Random(seed).sample(range(len(MISTAKES)), 10))]
    text = SPEC
    for right, wrong, _ in chosen:
        text = text.replace(right, wrong)
    problems = told(text)
    assert [problem.code for problem in problems] == [code for _, _, code in chosen]
    lines = [problem.span.line for problem in problems]
    assert lines == sorted(lines)
    assert len(set(lines)) == 10
