"""Layers begin with the same weights in every run of the tests."""

import keras
import pytest


@pytest.fixture(autouse=True)
def same_weights() -> None:
    keras.utils.set_random_seed(0)
