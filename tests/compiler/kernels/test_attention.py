"""Attention with its softmax as a function of XLA gives the numbers of Keras."""

import keras
import numpy as np
import pytest

from tests.compiler.kernels.steps import of_step
from tests.training.specs import BACKEND

pytestmark = pytest.mark.skipif(BACKEND != "tensorflow", reason="kernels are TensorFlow's")

WORDS = np.random.default_rng(0).normal(size=(3, 5, 8)).astype("float32")
OTHERS = np.random.default_rng(1).normal(size=(3, 7, 8)).astype("float32")
SEEN = np.random.default_rng(2).random((3, 5, 7)) < 0.6
SEEN[..., 0] = True
CASES = {
    "all": {},
    "no later key": {"use_causal_mask": True},
    "some keys": {"attention_mask": SEEN},
    "some keys, none later": {"attention_mask": SEEN, "use_causal_mask": True},
}


def assert_equal(found: list[np.ndarray], expected: list[np.ndarray]) -> None:
    """Equal within rounding: the gradient of the bias of keys is zero but for that of what it is a sum of."""
    largest = max(np.abs(one).max() for one in expected)
    for one, wanted in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, wanted, rtol=1e-4, atol=1e-6 * largest)


def attention(**options: float) -> tuple[keras.layers.MultiHeadAttention, keras.Model]:
    layer = keras.layers.MultiHeadAttention(2, 4, bias_initializer="normal", **options)
    query, value = keras.Input((5, 8)), keras.Input((7, 8))
    return layer, keras.Model([query, value], layer(query, value))


@pytest.mark.parametrize("options", CASES.values(), ids=CASES)
def test_attention_gives_the_values_and_gradients_of_keras(options):
    from recipe.compiler.kernels.attention import Attention
    from recipe.compiler.kernels.replacing import replaced

    layer, model = attention()
    expected = of_step(layer, WORDS, OTHERS, **options)
    with replaced(model):
        assert isinstance(layer._compute_attention, Attention)
        found = of_step(layer, WORDS, OTHERS, **options)
    assert "_compute_attention" not in vars(layer)
    assert_equal(found, expected)


def test_a_query_that_sees_nothing_stays_finite_as_with_keras():
    from recipe.compiler.kernels.replacing import replaced

    layer, model = attention()
    seen = SEEN.copy()
    seen[1, 2] = False
    expected = of_step(layer, WORDS, OTHERS, attention_mask=seen)
    with replaced(model):
        found = of_step(layer, WORDS, OTHERS, attention_mask=seen)
    assert all(np.isfinite(one).all() for one in found)
    assert_equal(found, expected)


def test_dropout_drops_the_same_weights():
    from recipe.compiler.kernels.replacing import replaced

    def dropped(is_replaced: bool) -> list[np.ndarray]:
        keras.utils.set_random_seed(1)
        layer, model = attention(dropout=0.5, seed=3)
        if not is_replaced:
            return of_step(layer, WORDS, OTHERS, attention_mask=SEEN)
        with replaced(model):
            return of_step(layer, WORDS, OTHERS, attention_mask=SEEN)

    assert_equal(dropped(True), dropped(False))


def test_who_asks_for_the_scores_gets_those_of_keras():
    from recipe.compiler.kernels.replacing import replaced

    layer, model = attention()
    outputs, scores = layer(WORDS, OTHERS, return_attention_scores=True)
    with replaced(model):
        found, more = layer(WORDS, OTHERS, return_attention_scores=True)
    np.testing.assert_allclose(found, outputs, rtol=1e-5, atol=1e-5)
    np.testing.assert_array_equal(np.shape(more), np.shape(scores))
