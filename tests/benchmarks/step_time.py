"""Time of a training step: our engine against `model.fit`, tf.data, JAX and a plain PyTorch loop.

    python -m tests.benchmarks.step_time [--models NAME...] [--contestants NAME...] [--pairs N]
        [--torch PYTHON] [--json FILE]

All contestants of a model begin from the same weights and train on the same batches in the same order;
the loss is the mean over the first epoch. PyTorch's differs on the transformer: on TensorFlow, Keras's Adam
squares the gradient of an embedding for each occurrence of a token, and not their sum.

They take turns, an epoch each, `--pairs` times, and the table shows the median of a step. `gain` is the
median, over the turns, of the best baseline divided by the contestant of the line. Baselines are the lines
without a star: plain Keras on TensorFlow in float32. TensorFlow uses oneDNN by itself on processors with
AVX512_VNNI only; `oneDNN` marks a script that asks for it, as our runs do. PyTorch runs in the interpreter
`--torch`, which needs nothing but torch and NumPy.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from recipe.report.tables import table_lines
from tests.benchmarks.zoo import TASKS, Task

HEADER = ("model", "contestant", "ms", "least", "most", "gain", "loss")


@dataclass(frozen=True, slots=True)
class Contestant:
    """A way to train.

    Args:
        name: in the table; a star marks those that are no baseline.
        process: that it runs in.
        make: what makes it there.
        options: for that.
    """

    name: str
    process: str
    make: str
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_baseline(self) -> bool:
        """Whether it is plain Keras on TensorFlow in float32, which gains are measured against."""
        return self.process == "keras" and "policy" not in self.options


HALF = {"policy": "mixed_bfloat16"}
ENVIRONMENTS: Mapping[str, Mapping[str, str]] = {
    "keras": {"KERAS_BACKEND": "tensorflow"},
    "ours": {"KERAS_BACKEND": "tensorflow", "OURS": "1"},
    # As `recipe fit` does where it computes parts of a batch side by side, or small products.
    "ours, per core": {"KERAS_BACKEND": "tensorflow", "OURS": "1", "TF_NUM_INTRAOP_THREADS": "1"},
    "ours, products": {
        "KERAS_BACKEND": "tensorflow",
        "OURS": "1",
        "PRECISION": "bfloat16_products",
    },
    "keras, oneDNN": {"KERAS_BACKEND": "tensorflow", "TF_ENABLE_ONEDNN_OPTS": "1"},
    "keras on JAX": {"KERAS_BACKEND": "jax"},
    "ours on JAX": {"KERAS_BACKEND": "jax", "OURS": "1"},
    "torch": {},
}
CONTESTANTS = (
    Contestant("fit", "keras", "fit"),
    Contestant("fit jit", "keras", "fit", {"jit": True}),
    Contestant("tf.data", "keras", "fit", {"feed": "tf_data"}),
    Contestant("32 steps", "keras", "fit", {"steps": 32}),
    Contestant("32 steps jit", "keras", "fit", {"steps": 32, "jit": True}),
    Contestant("* fit oneDNN", "keras, oneDNN", "fit"),
    Contestant("* 32 steps oneDNN", "keras, oneDNN", "fit", {"steps": 32}),
    Contestant("* graph", "ours", "ours", {"engine": "graph"}),
    Contestant("* graph_fused", "ours", "ours", {"engine": "graph_fused"}),
    Contestant("* xla", "ours", "ours", {"engine": "xla"}),
    Contestant("* xla one thread", "ours, per core", "ours", {"engine": "xla"}),
    Contestant("* per_core", "ours, per core", "ours", {"engine": "per_core"}),
    Contestant("* auto", "ours", "ours", {"engine": "auto"}),
    Contestant("* fit bfloat16", "keras", "fit", HALF),
    Contestant("* graph_fused bfloat16", "ours", "ours", {"engine": "graph_fused", **HALF}),
    Contestant("* per_core bfloat16", "ours, per core", "ours", {"engine": "per_core", **HALF}),
    Contestant("* graph_fused products", "ours, products", "ours", {"engine": "graph_fused"}),
    Contestant("* fit on JAX", "keras on JAX", "fit", {"jit": "auto"}),
    Contestant("* ours on JAX", "ours on JAX", "ours", {"backend": "jax"}),
    Contestant("* torch", "torch", "torch"),
    Contestant("* torch bfloat16", "torch", "torch", HALF),
)
# Convolutions by XLA on a CPU: seconds a step inside a loop, and a minute to compile.
# Batch norm in parts of a batch: another network.
LEFT_OUT = {
    ("cnn", "32 steps jit"),
    ("cnn", "* xla"),
    ("cnn", "* xla one thread"),
    ("resnet-20", "fit jit"),
    ("resnet-20", "32 steps jit"),
    ("resnet-20", "* xla"),
    ("resnet-20", "* xla one thread"),
    ("resnet-20", "* fit on JAX"),
    ("resnet-20", "* ours on JAX"),
    ("resnet-20", "* per_core"),
    ("resnet-20", "* per_core bfloat16"),
}


class Worker:
    """A process that makes and times contestants.

    Args:
        environment: what distinguishes it.
        python: its interpreter.
        folder: where the first weights of the models lie.
    """

    def __init__(self, environment: Mapping[str, str], python: str, folder: str) -> None:
        self._process = subprocess.Popen(
            [python, "-m", "tests.benchmarks.step_worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | environment | {"BENCHMARK_FOLDER": folder},
        )

    def ask(self, **wish: Any) -> tuple[float, float]:
        """Seconds and mean loss of an epoch.

        Raises:
            RuntimeError: when the process has ended.
        """
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("pipes are expected")
        self._process.stdin.write(json.dumps(wish) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the process ended while it was asked for {wish}")
        seconds, loss = json.loads(line)
        return seconds, loss

    def close(self) -> None:
        """End the process."""
        self._process.communicate()


@dataclass(frozen=True, slots=True)
class Measurement:
    """What one contestant took.

    Args:
        model: that was trained.
        contestant: its name.
        milliseconds: of a step, one a turn.
        gain: median over the turns; None without a baseline.
        loss: mean over the first epoch.
    """

    model: str
    contestant: str
    milliseconds: tuple[float, ...]
    gain: float | None
    loss: float

    @property
    def row(self) -> tuple[str, ...]:
        """The line of the table."""
        times = (statistics.median(self.milliseconds), min(self.milliseconds), max(self.milliseconds))
        gain = "-" if self.gain is None else f"{self.gain:.2f}"
        return (self.model, self.contestant, *(f"{time:.3f}" for time in times), gain, f"{self.loss:.6f}")


def measure(
    task: Task, contestants: Sequence[Contestant], workers: Mapping[str, Worker], pairs: int
) -> list[Measurement]:
    """Let the contestants of a model take turns."""
    losses: dict[str, float] = {}
    times: dict[str, list[float]] = {contestant.name: [] for contestant in contestants}
    for contestant in contestants:
        worker, name = workers[contestant.process], contestant.name
        wish = {"make": contestant.make, "task": task.name, "options": dict(contestant.options)}
        _, losses[name] = worker.ask(name=name, **wish)
        sys.stderr.write(f"{task.name}, {name}: loss {losses[name]:.6f}\n")
        worker.ask(time=name)
    for _ in range(pairs):
        for contestant in contestants:
            seconds, _ = workers[contestant.process].ask(time=contestant.name)
            times[contestant.name].append(1000 * seconds / task.steps)
    for worker in workers.values():
        worker.ask(forget=True)
    baselines = [times[contestant.name] for contestant in contestants if contestant.is_baseline]
    best = min(baselines, key=statistics.median, default=None)
    return [
        Measurement(task.name, name, tuple(taken), gain(best, taken), losses[name])
        for name, taken in times.items()
    ]


def gain(baseline: Sequence[float] | None, taken: Sequence[float]) -> float | None:
    """How many times faster, as the median over the turns."""
    if baseline is None:
        return None
    return statistics.median(one / other for one, other in zip(baseline, taken, strict=True))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Time of a training step.")
    parser.add_argument("--models", nargs="+", choices=TASKS, default=list(TASKS), metavar="NAME")
    names = [contestant.name.removeprefix("* ") for contestant in CONTESTANTS]
    parser.add_argument("--contestants", nargs="+", choices=names, default=names, metavar="NAME")
    parser.add_argument("--pairs", type=int, default=5, metavar="N", help="turns of each contestant")
    parser.add_argument("--torch", default=sys.executable, metavar="PYTHON", help="interpreter with PyTorch")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every turn's numbers too")
    return parser


def has_torch(python: str) -> bool:
    """Whether an interpreter has PyTorch."""
    found = [python, "-c", "import importlib.util as u, sys; sys.exit(u.find_spec('torch') is None)"]
    return subprocess.run(found, check=False).returncode == 0


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark."""
    options = _parser().parse_args(arguments)
    wanted = [row for row in CONTESTANTS if row.name.removeprefix("* ") in options.contestants]
    if not has_torch(options.torch):
        sys.stderr.write(f"without PyTorch: {options.torch} does not have it\n")
        wanted = [row for row in wanted if row.process != "torch"]
    measured: list[Measurement] = []
    with tempfile.TemporaryDirectory() as folder:
        workers = {
            name: Worker(ENVIRONMENTS[name], options.torch if name == "torch" else sys.executable, folder)
            for name in dict.fromkeys(row.process for row in wanted)
        }
        for name in options.models:
            those = [row for row in wanted if (name, row.name) not in LEFT_OUT]
            measured += measure(TASKS[name], those, workers, options.pairs)
        for worker in workers.values():
            worker.close()
    if options.json:
        options.json.write_text(json.dumps([asdict(row) for row in measured], indent=1) + "\n")
    sys.stdout.write("\n".join(table_lines([HEADER, *(row.row for row in measured)])) + "\n")


if __name__ == "__main__":
    main()
