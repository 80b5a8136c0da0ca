"""A projection as a product of matrices gives the numbers of its einsum."""

import keras
import numpy as np
import pytest

from tests.compiler.kernels.steps import model_with, of_step
from tests.training.specs import BACKEND

pytestmark = pytest.mark.skipif(BACKEND != "tensorflow", reason="kernels are TensorFlow's")

# Equation, shape of an example, shape of an output, axes of the bias.
PROJECTIONS = {
    "to heads": ("abc,cde->abde", (5, 4), (None, 3, 2), "de"),
    "from heads": ("abcd,cde->abe", (5, 3, 2), (None, 4), "e"),
    "a bias of the heads": ("abc,cde->abde", (5, 4), (None, 3, 2), "d"),
    "a bias of the widths": ("abc,cde->abde", (5, 4), (None, 3, 2), "e"),
    "no bias": ("abc,cd->abd", (5, 4), (None, 3), None),
}
OTHERS = {
    "summed in the middle": ("abc,bd->adc", (5, 4), (3, 4), None),
    "a bias of the places": ("abc,cd->abd", (5, 4), (5, 3), "bd"),
    "an ellipsis": ("...c,cd->...d", (5, 4), (5, 3), None),
}


def layer_of(equation: str, output: tuple[int | None, ...], bias: str | None) -> keras.layers.Layer:
    return keras.layers.EinsumDense(
        equation, output, bias_axes=bias, activation="tanh", bias_initializer="normal"
    )


@pytest.mark.parametrize("case", PROJECTIONS.values(), ids=PROJECTIONS)
def test_a_projection_gives_the_values_and_gradients_of_keras(case):
    from recipe.compiler.kernels.replacing import replaceable, replaced

    equation, shape, output, bias = case
    layer = layer_of(equation, output, bias)
    model = model_with(layer, shape)
    inputs = np.random.default_rng(0).normal(size=(6, *shape)).astype("float32")
    expected = of_step(layer, inputs)
    assert len(replaceable(model)) == 1
    with replaced(model):
        found = of_step(layer, inputs)
    for one, wanted in zip(found, expected, strict=True):
        assert one.shape == wanted.shape
        np.testing.assert_allclose(one, wanted, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("case", OTHERS.values(), ids=OTHERS)
def test_another_einsum_stays_with_keras(case):
    from recipe.compiler.kernels.replacing import replaceable

    equation, shape, output, bias = case
    assert replaceable(model_with(layer_of(equation, output, bias), shape)) == []
