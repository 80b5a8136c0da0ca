"""Wall time of whole commands: `recipe fit` against the script that does the same with plain Keras.

    python -m tests.benchmarks.start_time [--mnist FILE] [--epochs N] [--batch-size N] [--pairs N]
        [--json FILE]

Both read the same file, train the network of `specs/mnist-mlp.yaml` with its optimizer and schedule, validate
after every epoch, test at the end and save the model. `start` is a run of one step, `whole` one of `--epochs`
epochs. Every process begins with an empty cache of compilations and measurements. Processes take turns, and
the last column is the median of the script's time divided by that of the line.
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from recipe.program.shipped import SPECS
from recipe.report.tables import table_lines

HEADER = ("run", "who", "seconds", "least", "most", "test accuracy", "gain")
SCRIPT = """
import sys
import keras
import numpy as np

path, epochs, steps, batch = sys.argv[1], *map(int, sys.argv[2:5])
with np.load(path) as file:
    images, labels = file["x_train"].astype("float32") / 255, file["y_train"]
    test = file["x_test"].astype("float32") / 255, file["y_test"]
order = np.random.default_rng(1).permutation(len(images))
images, labels = images[order], labels[order]
validation, images, labels = (images[:5000], labels[:5000]), images[5000:], labels[5000:]
if steps:
    images, labels = images[: steps * batch], labels[: steps * batch]
total = epochs * -(-len(images) // batch)
model = keras.Sequential(
    [
        keras.Input((28, 28)),
        keras.layers.Flatten(),
        keras.layers.Dense(64, activation="relu", kernel_initializer="he_normal"),
        keras.layers.Dense(10),
    ]
)
warmup = -(-total // 20)
schedule = keras.optimizers.schedules.CosineDecay(
    0.0, max(1, total - warmup), warmup_target=5e-3, warmup_steps=warmup
)
optimizer = keras.optimizers.AdamW(schedule, weight_decay=0.1)
optimizer.exclude_from_weight_decay(var_names=["bias"])
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
model.compile(optimizer, loss, metrics=["accuracy"])
model.fit(images, labels, batch_size=batch, epochs=epochs, validation_data=validation, verbose=2)
model.save("model.keras")
print(model.evaluate(*test, verbose=0)[1])
"""


Job = tuple[list[str], str]


def script(mnist: Path, epochs: int, steps: int, batch: int) -> Job:
    """The command line of the hand-written script, which reads nothing."""
    return [sys.executable, "-c", SCRIPT, str(mnist), str(epochs), str(steps), str(batch)], ""


def command(mnist: Path, epochs: int, steps: int, batch: int) -> Job:
    """The command line of `recipe fit`, and the spec that it reads."""
    length = f"steps: {steps}" if steps else f"epochs: {epochs}"
    training = f"training: {{{length}, batch_size: {batch}}}"
    shipped = (SPECS / "mnist-mlp.yaml").read_text(encoding="utf-8")
    spec = re.sub(r"^training: .*$", training, shipped, count=1, flags=re.MULTILINE)
    paths = [f"data.{split}.npz.path={mnist}" for split in ("train", "test")]
    overrides = [word for setting in paths for word in ("--set", setting)]
    return [sys.executable, "-m", "recipe.cli.main", "fit", "-", *overrides], spec


WAYS = {"script": script, "recipe fit": command}


def run(job: Job) -> tuple[float, float]:
    """Wall seconds of a process in an empty folder with empty caches, and the test accuracy that it reached.

    Raises:
        subprocess.CalledProcessError: when it fails.
    """
    line, text = job
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"PYTHONPATH": str(Path.cwd()), "XDG_CACHE_HOME": folder}
        started = time.perf_counter()
        done = subprocess.run(
            line, input=text, cwd=folder, env=environment, capture_output=True, text=True, check=True
        )
        seconds = time.perf_counter() - started
        status = next(Path(folder).glob("runs/*/*/status.json"), None)
        if status is None:
            return seconds, float(done.stdout.splitlines()[-1])
        return seconds, float(json.loads(status.read_text())["test"]["accuracy"])


def measure(name: str, jobs: dict[str, Job], pairs: int) -> list[tuple[str, ...]]:
    """The lines of the table for one kind of run."""
    taken: dict[str, list[tuple[float, float]]] = {who: [] for who in jobs}
    for _ in range(pairs):
        for who, job in jobs.items():
            taken[who].append(run(job))
            sys.stderr.write(f"{name}, {who}: {taken[who][-1][0]:.2f} s\n")
    rows = []
    for who, runs in taken.items():
        seconds, accuracies = zip(*runs, strict=True)
        gain = statistics.median(
            one / other for (one, _), (other, _) in zip(taken["script"], runs, strict=True)
        )
        times = (statistics.median(seconds), min(seconds), max(seconds))
        rows.append((name, who, *(f"{one:.2f}" for one in times), f"{max(accuracies):.4f}", f"{gain:.2f}"))
    return rows


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description="Wall time of whole commands.")
    default = Path("~/.keras/datasets/mnist.npz").expanduser()
    parser.add_argument("--mnist", type=Path, default=default, metavar="FILE", help="mnist.npz")
    parser.add_argument("--epochs", type=int, default=10, metavar="N")
    parser.add_argument("--batch-size", type=int, default=32, metavar="N")
    parser.add_argument("--pairs", type=int, default=5, metavar="N", help="processes of each")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the table too")
    options = parser.parse_args(arguments)
    kinds = {"start": (1, 1), "whole": (options.epochs, 0)}
    rows = []
    for name, (epochs, steps) in kinds.items():
        sizes = (epochs, steps, options.batch_size)
        jobs = {who: way(options.mnist.resolve(), *sizes) for who, way in WAYS.items()}
        rows += measure(name, jobs, options.pairs)
    if options.json:
        options.json.write_text(json.dumps([dict(zip(HEADER, row, strict=True)) for row in rows], indent=1))
    sys.stdout.write("\n".join(table_lines([HEADER, *rows])) + "\n")


if __name__ == "__main__":
    main()
