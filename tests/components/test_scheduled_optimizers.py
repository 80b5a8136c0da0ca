"""Settings of an optimizer that follow a schedule, against plain Keras with its settings assigned by hand."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest

from recipe.components.linear import Linear
from recipe.components.scheduled_optimizers import SCHEDULED, scheduled

STEPS = 8
GRADIENT = np.array([[0.1, -0.2], [0.3, 0.4], [-0.5, 0.6]], "float32")
DECAY = Linear(0.1, STEPS, 1.0, 0.1)
MOMENTUM = Linear(0.9, STEPS, 1.0, 0.5)

# Every setting of an optimizer of Keras that a schedule may follow, and how the optimizer is made.
SETTINGS: dict[str, tuple[str, dict[str, Any]]] = {
    "SGD": ("momentum", {"momentum": 0.9}),
    "RMSprop": ("momentum", {"momentum": 0.9}),
    "Muon": ("momentum", {"momentum": 0.9}),
    "Adam": ("beta_1", {"beta_1": 0.9}),
    "AdamW": ("beta_1", {"beta_1": 0.9}),
    "Adamax": ("beta_1", {"beta_1": 0.9}),
    "Nadam": ("beta_1", {"beta_1": 0.9}),
    "Lion": ("beta_1", {"beta_1": 0.9}),
    "Lamb": ("beta_1", {"beta_1": 0.9}),
    "ScheduleFreeAdamW": ("beta_1", {"beta_1": 0.9}),
    "Adadelta": ("", {}),
    "Adafactor": ("", {}),
    "Adagrad": ("", {}),
    "Ftrl": ("", {}),
}


def made(name: str) -> keras.optimizers.Optimizer:
    _, arguments = SETTINGS[name]
    return getattr(keras.optimizers, name)(learning_rate=0.1, weight_decay=0.1, **arguments)


def schedules(name: str) -> dict[str, Any]:
    momentum, _ = SETTINGS[name]
    return {"weight_decay": DECAY, **({momentum: MOMENTUM} if momentum else {})}


def by_hand(name: str) -> np.ndarray:
    """Plain Keras, its settings assigned between updates that are not compiled."""
    optimizer, weight = made(name), keras.Variable(np.ones((3, 2), "float32"))
    optimizer.build([weight])
    for step in range(STEPS):
        for setting, schedule in schedules(name).items():
            setattr(optimizer, setting, float(schedule(step)))
        optimizer.apply([keras.ops.convert_to_tensor(GRADIENT)], [weight])
    return keras.ops.convert_to_numpy(weight)


def on_tensorflow(optimizer: Any, xla: bool, steps: int = STEPS) -> np.ndarray:
    import tensorflow as tf

    weight = keras.Variable(np.ones((3, 2), "float32"))
    optimizer.build([weight])

    @tf.function(jit_compile=xla)
    def block() -> None:
        for _ in tf.range(steps):
            optimizer.apply([tf.constant(GRADIENT)], [weight])

    block()
    return keras.ops.convert_to_numpy(weight)


def on_jax(optimizer: Any) -> np.ndarray:
    import jax

    weight = keras.Variable(np.ones((3, 2), "float32"))
    optimizer.build([weight])

    def update(_: Any, carried: Any) -> Any:
        weights, slots = carried
        return optimizer.stateless_apply(slots, [GRADIENT], weights)

    start = ([weight.value], [slot.value for slot in optimizer.variables])
    weights, _ = jax.jit(lambda carried: jax.lax.fori_loop(0, STEPS, update, carried))(start)
    return np.asarray(weights[0])


def far_from_by_hand(compute: Callable[[Any], np.ndarray]) -> dict[str, float]:
    """By optimizer, the largest difference from plain Keras."""
    return {
        name: float(np.abs(compute(scheduled(made(name), schedules(name))) - by_hand(name)).max())
        for name in SETTINGS
    }


@pytest.mark.parametrize("name", SETTINGS)
@pytest.mark.parametrize("xla", [False, True], ids=["graph", "xla"])
def test_a_compiled_block_of_updates_follows_the_schedules(name: str, xla: bool):
    found = on_tensorflow(scheduled(made(name), schedules(name)), xla)
    np.testing.assert_allclose(found, by_hand(name), atol=2e-6)


def test_a_schedule_changes_the_weights_of_every_optimizer():
    for name in SETTINGS:
        constant = on_tensorflow(made(name), xla=False)
        assert np.abs(constant - by_hand(name)).max() > 1e-4, name


def test_on_jax_too():
    told = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", __name__],
        env={**os.environ, "KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu"},
        capture_output=True,
        text=True,
        check=True,
    )
    far = json.loads(told.stdout.splitlines()[-1])
    assert set(far) == set(SETTINGS)
    assert max(far.values()) < 2e-6


def test_it_is_saved_with_its_schedules_and_goes_on_with_them():
    optimizer = scheduled(made("SGD"), schedules("SGD"))
    saved = json.loads(json.dumps(keras.saving.serialize_keras_object(optimizer)))
    assert saved["registered_name"] == "recipe>ScheduledSGD"
    again = keras.saving.deserialize_keras_object(saved)
    assert isinstance(again, keras.optimizers.SGD)
    np.testing.assert_allclose(on_tensorflow(again, xla=False), by_hand("SGD"), atol=2e-6)


def test_it_has_no_state_of_its_own_so_that_its_step_number_says_all():
    weight = keras.Variable(np.ones((3, 2), "float32"), name="weight")
    plain, followed = made("SGD"), scheduled(made("SGD"), schedules("SGD"))
    for optimizer in (plain, followed):
        optimizer.build([weight])
    slots = [[each.path.partition("/")[2] for each in one.variables] for one in (plain, followed)]
    assert slots[0] == slots[1]


def test_after_an_update_its_settings_are_those_that_were_written():
    optimizer = scheduled(made("SGD"), schedules("SGD"))
    on_tensorflow(optimizer, xla=False, steps=1)
    assert (optimizer.momentum, optimizer.weight_decay) == (0.9, 0.1)


def test_every_optimizer_of_keras_can_be_scheduled():
    assert {kind.__name__ for kind in SCHEDULED} == set(SETTINGS)


if __name__ == "__main__":
    print(json.dumps(far_from_by_hand(on_jax)))
