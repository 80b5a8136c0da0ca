"""A fused batch norm gives the numbers of Keras."""

import keras
import numpy as np
import pytest

from tests.compiler.kernels.steps import model_with, of_step
from tests.training.specs import BACKEND

pytestmark = pytest.mark.skipif(BACKEND != "tensorflow", reason="kernels are TensorFlow's")

SHAPES = ((6, 5, 4, 3), (6, 5, 3), (6, 3))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("learned", [True, False], ids=["gamma and beta", "neither"])
def test_a_fused_batch_norm_gives_the_values_statistics_and_gradients_of_keras(shape, learned: bool):
    from recipe.compiler.kernels.replacing import replaced

    inputs = np.random.default_rng(0).normal(2.0, 3.0, shape).astype("float32")
    plain, fused = (
        keras.layers.BatchNormalization(momentum=0.6, scale=learned, center=learned) for _ in range(2)
    )
    model_with(plain, shape[1:])
    model = model_with(fused, shape[1:])
    expected = of_step(plain, inputs)
    with replaced(model):
        found = of_step(fused, inputs)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("options", [{"axis": 1}, {"renorm": True}], ids=["channels first", "renorm"])
def test_what_the_kernel_does_not_compute_stays_with_keras(options):
    from recipe.compiler.kernels.replacing import replaced

    inputs = np.random.default_rng(0).normal(size=(6, 5, 4, 3)).astype("float32")
    plain, other = (keras.layers.BatchNormalization(**options) for _ in range(2))
    model_with(plain, inputs.shape[1:])
    model = model_with(other, inputs.shape[1:])
    expected = of_step(plain, inputs)
    with replaced(model):
        found = of_step(other, inputs)
    for one, wanted in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one, wanted)
