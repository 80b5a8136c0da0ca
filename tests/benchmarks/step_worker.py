"""One process of the step-time benchmark: makes contestants, and times an epoch of one when it is told to.

It reads a JSON object a line from its input, and answers with one. A backend, its precision flags and op
determinism belong to a process, so contestants that differ in these run in processes of their own.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks.zoo import EPSILON, TASKS, Task, begin

SPEC = """
recipe: 1
name: benchmark
data: {{source: {{bundled: digits}}}}
architecture: [Flatten, head]
optimizer: {{Adam: {{learning_rate: 1e-3}}}}
training: {{steps: 100000, batch_size: {batch}}}
runtime: {{engine: {engine}, backend: {backend}, precision: {precision}}}
"""
Epoch = Callable[[], tuple[float, float]]


def network(task: Task, policy: str) -> Any:
    """The Keras model of a task, computing as a dtype policy says, with the common weights."""
    import keras

    keras.config.set_dtype_policy(policy)
    try:
        model = task.build(task)
    finally:
        keras.config.set_dtype_policy("float32")
    weights = begin(model)
    path = Path(os.environ["BENCHMARK_FOLDER"]) / f"{task.name}.npz"
    if not path.exists():
        np.savez(path, **weights)
    return model


def objects(task: Task) -> tuple[Any, Any, Any]:
    """Optimizer, loss and metric of a task."""
    import keras

    optimizer = (
        keras.optimizers.SGD(task.rate, momentum=0.9)
        if task.momentum
        else keras.optimizers.Adam(task.rate, epsilon=EPSILON)
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    return optimizer, loss, keras.metrics.SparseCategoricalAccuracy()


def keras_fit(
    task: Task, policy: str = "float32", feed: str = "arrays", steps: int = 1, jit: bool | str = False
) -> Epoch:
    """Plain `model.fit`; its epochs are timed between their hooks, so that its own start does not count."""
    import keras

    class Clock(keras.callbacks.Callback):
        seconds = 0.0

        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            self.started = time.perf_counter()

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            self.seconds = time.perf_counter() - self.started

    model = network(task, policy)
    optimizer, loss, metric = objects(task)
    model.compile(optimizer, loss, metrics=[metric], steps_per_execution=steps, jit_compile=jit)
    arguments = FEEDS[feed](task)
    clock = Clock()

    def epoch() -> tuple[float, float]:
        history = model.fit(**arguments, epochs=1, shuffle=False, verbose=0, callbacks=[clock])
        return clock.seconds, history.history["loss"][0]

    return epoch


def _arrays(task: Task) -> Mapping[str, Any]:
    inputs, targets = task.data()
    return {"x": inputs, "y": targets, "batch_size": task.batch}


def _tf_data(task: Task) -> Mapping[str, Any]:
    import tensorflow as tf

    stream = tf.data.Dataset.from_tensor_slices(task.data())
    return {"x": stream.batch(task.batch, drop_remainder=True).prefetch(tf.data.AUTOTUNE)}


FEEDS: Mapping[str, Callable[[Task], Mapping[str, Any]]] = {"arrays": _arrays, "tf_data": _tf_data}


def ours(task: Task, policy: str = "float32", engine: str = "auto", backend: str = "tensorflow") -> Epoch:
    """The engine of recipe around the same hand-written model."""
    import recipe
    from recipe.compiler.batches import BatchProgram
    from recipe.compiler.costs import cost_of
    from recipe.data.datasets import Arrays
    from recipe.training.choosing import choose
    from recipe.training.engines.engine import Kind, engine_for

    precision = os.environ.get("PRECISION", "float32")
    text = SPEC.format(engine=engine, backend=backend, batch=task.batch, precision=precision)
    spec = recipe.load("benchmark.yaml", text=text)
    compilation = recipe.compile(spec)
    model = network(task, policy)
    optimizer, loss, metric = objects(task)
    optimizer.build(model.trainable_variables)
    model.compile(optimizer, loss, jit_compile=False)
    kept = [cost_of(layer.output).kept_bytes for layer in model.layers[1:]]
    compiled = replace(
        compilation.compiled,
        model=model,
        optimizer=optimizer,
        metrics=(metric,),
        batch=BatchProgram(()),
        layers=tuple(replace(compilation.compiled.layers[-1], kept_bytes=one) for one in kept),
    )
    runner = engine_for(compiled)
    inputs, targets = task.data()
    arrays = Arrays({"inputs": inputs}, {"targets": targets}, np.arange(len(inputs)))
    order = np.arange(len(inputs)).reshape(-1, task.batch)
    # The spec is the same for all tasks, and what is remembered hangs on the spec.
    os.environ["XDG_CACHE_HOME"] = str(Path(os.environ["BENCHMARK_FOLDER"]) / task.name)
    if chosen := choose(runner, arrays):
        sys.stderr.write(f"{task.name}: {chosen.message}\n")

    def epoch() -> tuple[float, float]:
        runner.reset()
        started = time.perf_counter()
        for block in runner.blocks(Kind.TRAIN, order, arrays):
            runner.run_timed(Kind.TRAIN, arrays, block)
        logs = runner.logs()
        return time.perf_counter() - started, logs["loss"]

    return epoch


def pytorch(task: Task, policy: str = "float32") -> Epoch:
    """The loop of a PyTorch tutorial."""
    from tests.benchmarks.torch_zoo import Loop

    with np.load(Path(os.environ["BENCHMARK_FOLDER"]) / f"{task.name}.npz") as weights:
        return Loop(task, dict(weights), half=policy != "float32").epoch


MAKERS: Mapping[str, Callable[..., Epoch]] = {"fit": keras_fit, "ours": ours, "torch": pytorch}


def main() -> None:
    """Serve until the input ends."""
    if os.environ.get("OURS"):
        from recipe.compiler.startup import start
        from recipe.program.programs import Runtime

        precision = os.environ.get("PRECISION", "float32")
        start(Runtime(os.environ["KERAS_BACKEND"], precision, "single", 0, True, "auto"))
    made: dict[str, Epoch] = {}
    for line in sys.stdin:
        wish = json.loads(line)
        if "make" in wish:
            made[wish["name"]] = MAKERS[wish["make"]](TASKS[wish["task"]], **wish["options"])
            answer = made[wish["name"]]()
        elif "forget" in wish:
            made, answer = {}, (0.0, 0.0)
        else:
            answer = made[wish["time"]]()
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
