"""Replaced kernels give the numbers of Keras, and leave its layers as they were."""

import keras
import numpy as np
import pytest

import recipe
from tests.training.specs import BACKEND, IMAGES

pytestmark = pytest.mark.skipif(BACKEND != "tensorflow", reason="kernels are TensorFlow's")

SHAPES = ((6, 5, 4, 3), (6, 5, 3), (6, 3))


def normalized(layer: keras.layers.BatchNormalization, inputs: np.ndarray) -> list[np.ndarray]:
    """Outputs, moving statistics and gradients of one training step of a layer."""
    import tensorflow as tf

    values = tf.convert_to_tensor(inputs)
    with tf.GradientTape() as tape:
        tape.watch(values)
        outputs = layer(values, training=True)
        loss = tf.reduce_sum(outputs**3)
    gradients = tape.gradient(loss, [values, *layer.trainable_weights])
    return [np.asarray(value) for value in (outputs, *layer.non_trainable_variables, *gradients)]


def model_with(layer: keras.layers.Layer, shape: tuple[int, ...]) -> keras.Model:
    inputs = keras.Input(shape)
    return keras.Model(inputs, layer(inputs))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("learned", [True, False], ids=["gamma and beta", "neither"])
def test_a_fused_batch_norm_gives_the_values_statistics_and_gradients_of_keras(shape, learned: bool):
    from recipe.compiler.kernels import replaced

    inputs = np.random.default_rng(0).normal(2.0, 3.0, shape).astype("float32")
    plain, fused = (
        keras.layers.BatchNormalization(momentum=0.6, scale=learned, center=learned) for _ in range(2)
    )
    model_with(plain, shape[1:])
    model = model_with(fused, shape[1:])
    expected = normalized(plain, inputs)
    with replaced(model):
        found = normalized(fused, inputs)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-4)


def test_the_kernel_runs_while_a_network_is_replaced_and_never_after():
    from recipe.compiler.kernels import FusedBatchNorm, replaced

    model = model_with(keras.layers.BatchNormalization(), (4, 4, 2))

    def interrupted() -> None:
        with replaced(model):
            assert isinstance(model.layers[1].call, FusedBatchNorm)
            raise ValueError("in the middle")

    with pytest.raises(ValueError, match="in the middle"):
        interrupted()
    assert "call" not in vars(model.layers[1])


def test_a_class_of_the_users_own_computes_as_it_was_written():
    from recipe.compiler.kernels import replaceable

    class Own(keras.layers.BatchNormalization):
        pass

    assert replaceable(model_with(Own(), (4, 4, 2))) == []


@pytest.mark.parametrize("options", [{"axis": 1}, {"renorm": True}], ids=["channels first", "renorm"])
def test_what_the_kernel_does_not_compute_stays_with_keras(options):
    from recipe.compiler.kernels import replaced

    inputs = np.random.default_rng(0).normal(size=(6, 5, 4, 3)).astype("float32")
    plain, other = (keras.layers.BatchNormalization(**options) for _ in range(2))
    model_with(plain, inputs.shape[1:])
    model = model_with(other, inputs.shape[1:])
    expected = normalized(plain, inputs)
    with replaced(model):
        found = normalized(other, inputs)
    for one, wanted in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one, wanted)


def test_graph_fused_trains_like_graph_and_saves_plain_keras(tmp_path):
    def trained(engine: str):
        # Of ten steps, rounding already makes thousandths: values at the kink of a ReLU flip.
        text = IMAGES.replace("epochs: 2", "steps: 3")
        return recipe.fit(recipe.load("small.yaml", [f"runtime.engine={engine}"], text=text), keep=False)

    graph, fused = trained("graph"), trained("graph_fused")
    for one, other in zip(fused.outcome.rows, graph.outcome.rows, strict=True):
        assert one.logs == pytest.approx(other.logs, abs=1e-6)
    for one, other in zip(fused.model.get_weights(), graph.model.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-6)
    fused.model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert [type(layer) for layer in loaded.layers] == [type(layer) for layer in graph.model.layers]
