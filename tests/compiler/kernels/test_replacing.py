"""Replaced kernels give the numbers of Keras, and leave its layers as they were."""

import keras
import numpy as np
import pytest

import recipe
from tests.compiler.kernels.steps import model_with
from tests.training.specs import BACKEND, DIGITS, IMAGES

pytestmark = pytest.mark.skipif(BACKEND != "tensorflow", reason="kernels are TensorFlow's")

RECURRENT = DIGITS.replace(
    """  - Flatten
  - Dense: {units: 16, activation: relu}
""",
    """  - Reshape: [8, 8]
  - Bidirectional: {layer: {LSTM: {units: 8, return_sequences: true}}}
  - GRU: 8
""",
).replace("epochs: 2", "steps: 8")


def test_the_kernel_runs_while_a_network_is_replaced_and_never_after():
    from recipe.compiler.kernels.batch_norm import FusedBatchNorm
    from recipe.compiler.kernels.replacing import replaced

    model = model_with(keras.layers.BatchNormalization(), (4, 4, 2))

    def interrupted() -> None:
        with replaced(model):
            assert isinstance(model.layers[1].call, FusedBatchNorm)
            raise ValueError("in the middle")

    with pytest.raises(ValueError, match="in the middle"):
        interrupted()
    assert "call" not in vars(model.layers[1])


def test_a_class_of_the_users_own_computes_as_it_was_written():
    from recipe.compiler.kernels.replacing import replaceable

    class Own(keras.layers.BatchNormalization):
        pass

    assert replaceable(model_with(Own(), (4, 4, 2))) == []


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


def test_xla_gets_only_the_kernels_that_are_faster_than_its_own():
    from recipe.compiler.kernels.recurrence import Recurrence
    from recipe.compiler.kernels.replacing import XLA_KERNELS, replaced

    inputs = keras.Input((5, 3))
    model = keras.Model(inputs, keras.layers.LayerNormalization()(keras.layers.LSTM(4)(inputs)))
    _, recurrent, norm = model.layers
    with replaced(model, XLA_KERNELS):
        assert isinstance(recurrent.inner_loop, Recurrence)
        assert "call" not in vars(norm)


@pytest.mark.parametrize("engine", ["graph_fused", pytest.param("xla", marks=pytest.mark.slow)])
def test_recurrent_layers_train_alike_in_every_mode(engine):
    def trained(engine: str):
        return recipe.fit(
            recipe.load("recurrent.yaml", [f"runtime.engine={engine}"], text=RECURRENT), keep=False
        )

    found, expected = trained(engine), trained("graph")
    for one, other in zip(found.outcome.rows, expected.outcome.rows, strict=True):
        assert one.logs == pytest.approx(other.logs, abs=1e-6)
    for one, other in zip(found.model.get_weights(), expected.model.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-6)
