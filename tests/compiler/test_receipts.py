"""The receipt: what Keras says it has is what the Program asked."""

import keras
import pytest

from recipe.catalog.calls import Argument, Call, Origin
from recipe.compiler.receipts import compare
from recipe.diagnostics.problems import Problem

NOWHERE = Origin(None)


def call(target: str, **arguments: object) -> Call:
    name = target.rpartition(".")[2]
    return Call(name, target, {key: Argument(value, NOWHERE) for key, value in arguments.items()})


def differences(asked: Call, built: object) -> list[str]:
    problems: list[Problem] = []
    compare(asked, built, problems)
    return [problem.message for problem in problems]


@pytest.mark.parametrize(
    ("asked", "built"),
    [
        (call("keras.layers.Conv2D", filters=3, kernel_size=3), lambda: keras.layers.Conv2D(3, 3)),
        (call("keras.layers.Conv2D", kernel_size=(3, 5)), lambda: keras.layers.Conv2D(3, (3, 5))),
        (call("keras.layers.Dense", activation="relu"), lambda: keras.layers.Dense(3, activation="relu")),
        (call("keras.layers.Dense", dtype="float32"), lambda: keras.layers.Dense(3, dtype="float32")),
        (call("keras.optimizers.SGD", learning_rate=0.1), lambda: keras.optimizers.SGD(0.1)),
        (call("keras.layers.RandomRotation", factor=0.1), lambda: keras.layers.RandomRotation(0.1)),
        (call("keras.layers.RandomContrast", factor=0.1), lambda: keras.layers.RandomContrast(0.1)),
        (call("keras.layers.RandomPosterization", factor=4), lambda: keras.layers.RandomPosterization(4)),
        (
            call("keras.layers.Pipeline", layers=(call("keras.layers.RandomShear", x_factor=0.1),)),
            lambda: keras.layers.Pipeline([keras.layers.RandomShear(0.1)]),
        ),
        (
            call("keras.layers.Dense", kernel_initializer=call("keras.initializers.HeNormal")),
            lambda: keras.layers.Dense(3, kernel_initializer="he_normal"),
        ),
        (
            call("keras.layers.Bidirectional", layer=call("keras.layers.LSTM", units=4)),
            lambda: keras.layers.Bidirectional(keras.layers.LSTM(4)),
        ),
    ],
)
def test_what_was_asked_and_is_there_is_no_problem(asked, built):
    assert differences(asked, built()) == []


@pytest.mark.parametrize(
    ("asked", "built", "words"),
    [
        (call("keras.layers.Dense", units=4), lambda: keras.layers.Dense(3), "`units: 4`"),
        (call("keras.layers.Conv2D", kernel_size=3), lambda: keras.layers.Conv2D(3, 5), "(5, 5)"),
        (
            call("keras.layers.RandomRotation", factor=0.1),
            lambda: keras.layers.RandomRotation(0.2),
            "(-0.2, 0.2)",
        ),
        (
            call("keras.layers.Pipeline", layers=(call("keras.layers.RandomShear", x_factor=0.1),)),
            lambda: keras.layers.Pipeline([keras.layers.RandomFlip()]),
            "has (RandomFlip)",
        ),
        (call("keras.layers.Dense", activation="relu"), lambda: keras.layers.Dense(3), "linear"),
        (
            call("keras.layers.Dense", kernel_initializer=call("keras.initializers.HeNormal")),
            lambda: keras.layers.Dense(3),
            "GlorotUniform",
        ),
        (
            call("keras.layers.Bidirectional", layer=call("keras.layers.LSTM", units=4)),
            lambda: keras.layers.Bidirectional(keras.layers.LSTM(5)),
            "layer",
        ),
    ],
)
def test_what_was_asked_and_is_something_else_is_told(asked, built, words):
    (message,) = differences(asked, built())
    assert words in message
