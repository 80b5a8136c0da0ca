"""Files of a run folder, whatever the clock says."""

import time
import zipfile

import keras
import numpy as np

from recipe.training.folders import RunFolder


def test_a_clock_before_1980_breaks_no_model_file(tmp_path, monkeypatch):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    with monkeypatch.context() as patch:
        patch.setattr(time, "time", lambda: 0.0)
        RunFolder(tmp_path).write_model("model.keras", model)
    assert zipfile.time is time
    loaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(loaded.get_weights()[0], model.get_weights()[0])
