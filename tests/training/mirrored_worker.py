"""Trains one spec on two logical devices and prints the losses; run as a process of its own.

Logical devices can only be made before TensorFlow's first operation.
"""

import json
import sys

import numpy as np


def main(overrides: list[str], text: str) -> None:
    import tensorflow as tf

    cpu = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
    import recipe

    answers = {}
    for strategy in ("single", "mirrored"):
        spec = recipe.load("mirrored.yaml", [*overrides, f"runtime.strategy={strategy}"], text=text)
        run = recipe.fit(spec, keep=False)
        weights = np.concatenate([np.ravel(weight) for weight in run.model.get_weights()])
        answers[strategy] = {
            "logs": [dict(row.logs) for row in run.outcome.rows],
            "test": dict(run.test or {}),
            "weights": weights.astype(float).tolist(),
        }
    print(json.dumps(answers))


if __name__ == "__main__":
    main(sys.argv[1:], sys.stdin.read())
