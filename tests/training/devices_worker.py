"""Trains one spec on one device and on several logical ones, and prints the losses; a process of its own.

`python -m tests.training.devices_worker BACKEND DEVICES [path=value]...`, the spec on standard input. Logical
devices can only be made before the first operation of a framework.
"""

import json
import os
import sys

import numpy as np

SHARED = {"tensorflow": "mirrored", "jax": "data_parallel"}


def cut_tensorflow(devices: int) -> None:
    import tensorflow as tf

    cpu = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * devices)


def cut_jax(devices: int) -> None:
    os.environ["XLA_FLAGS"] = f"--xla_force_host_platform_device_count={devices}"


def main(backend: str, devices: int, overrides: list[str], text: str) -> None:
    os.environ["KERAS_BACKEND"] = backend
    {"tensorflow": cut_tensorflow, "jax": cut_jax}[backend](devices)
    import recipe

    answers = {}
    for strategy in ("single", SHARED[backend]):
        words = [*overrides, f"runtime.strategy={strategy}", f"runtime.backend={backend}"]
        run = recipe.fit(recipe.load("devices.yaml", words, text=text), keep=False)
        weights = np.concatenate([np.ravel(weight) for weight in run.model.get_weights()])
        answers["one" if strategy == "single" else "several"] = {
            "logs": [dict(row.logs) for row in run.outcome.rows],
            "test": dict(run.test or {}),
            "weights": weights.astype(float).tolist(),
        }
    print(json.dumps(answers))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3:], sys.stdin.read())
