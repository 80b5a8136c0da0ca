"""A Program as one Keras script: data, network, weights, optimizer and training, without recipe."""

import re
from collections.abc import Iterator
from importlib import resources

from recipe.diagnostics.problems import RecipeError
from recipe.eject import sources
from recipe.eject.arrays import array_lines
from recipe.eject.components import Copied, copied
from recipe.eject.networks import network_lines
from recipe.eject.refusals import refusals
from recipe.eject.series import series_lines
from recipe.eject.tables import table_lines
from recipe.eject.training import STOPPING, batch_lines, main_lines, optimizer_lines
from recipe.program.programs import Program

# What a script always imports; copies of classes may bring more.
_IMPORTS = (
    "import hashlib",
    "import os",
    "from pathlib import Path",
    "from typing import Any",
)
_TYPES = ("Callable", "Iterator", "Mapping", "Sequence")
_ABSTRACT = "from collections.abc import "
_USED = {
    r"fnmatch\.": "import fnmatch",
    r"math\.": "import math",
    r"re\.": "import re",
    r"string\.": "import string",
    "Counter": "from collections import Counter",
    "NormalDist": "from statistics import NormalDist",
}


def script_source(program: Program) -> str:
    """The text of a script that trains the same weights.

    Args:
        program: with facts, its graph settled by the compiler.

    Raises:
        RecipeError: R346 for every part that no script is printed for.
    """
    found = refusals(program)
    if found:
        raise RecipeError(list(found))
    classes = copied(_copied_targets(program))
    sections = ["\n".join(_constants(program)), *_functions(program, classes)]
    body = "\n\n\n".join(sections)
    head = _head(program, body, classes)
    ending = 'if __name__ == "__main__":\n    main()\n'
    return f"{head}\n\n{body}\n\n\n{ending}"


def _copied_targets(program: Program) -> tuple[str, ...]:
    schedule = program.schedule
    found = []
    if schedule is not None:
        found = [schedule.target] if schedule.target.startswith("recipe.") else []
        phases = schedule.get("phases")
        found += [phase.target for phase in phases] if isinstance(phases, tuple) else []  # type: ignore[union-attr]
    return (*found, STOPPING) if program.early_stopping is not None else tuple(found)


def _head(program: Program, body: str, classes: Copied) -> str:
    """The docstring and the imports of what the rest uses."""
    standard = {*_IMPORTS, *classes.imports} - {"import keras"}
    standard |= {line for word, line in _USED.items() if re.search(rf"\b{word}\b", body)}
    abstract = ", ".join(name for name in _TYPES if f"{name}[" in body)
    standard = {line for line in standard if not line.startswith(_ABSTRACT)} | {f"{_ABSTRACT}{abstract}"}
    packages = ["import keras", "import numpy as np", "import pandas as pd", "import tensorflow as tf"]
    packages += ["from PIL import Image, ImageOps"]
    packages = [line for line in packages if f"{line.split()[-1]}." in body]
    lines = [
        f'"""The training of `{program.name}`: data, network, optimizer and loop in one file.',
        "",
        "It runs by itself, and trains the weights that `recipe fit` trains with `engine: graph` on one",
        f"machine with the same versions: the same ones{_agreement(program)}.",
        '"""',
        "",
        *sorted(standard, key=lambda line: (line.startswith("from "), line)),
        "",
        'os.environ["KERAS_BACKEND"] = "tensorflow"',
        "",
        *packages,
    ]
    return "\n".join(lines)


def _agreement(program: Program) -> str:
    """How near; inside the loop of a run, TensorFlow may round a schedule of Keras otherwise."""
    schedule = program.schedule
    rounded = schedule is not None and schedule.target.startswith("keras.")
    return " but for rounding" if rounded else ", bit for bit"


def _constants(program: Program) -> Iterator[str]:
    runtime, training = program.runtime, program.training
    yield "Array = np.ndarray"
    inputs = "Array" if len(sources.facts_of(program).inputs) == 1 else "dict[str, Array]"
    yield f"Examples = tuple[{inputs}, Array]"
    yield ""
    yield f"SEED = {runtime.seed}"
    yield f"EPOCHS = {training.epochs}"
    yield f"BATCH_SIZE = {training.batch_size}"
    yield f"STEPS_PER_EPOCH = {training.steps_per_epoch}  # the smaller last batch counted"
    yield from sources.constants(program)
    yield ""
    yield "keras.utils.set_random_seed(SEED)"
    if runtime.deterministic:
        yield "tf.config.experimental.enable_op_determinism()"


def _functions(program: Program, classes: Copied) -> Iterator[str]:
    """Every function, in the order in which a reader meets the run."""
    yield _part("seeds")
    if sources.source_call(program).name == "series":
        yield "\n".join(series_lines(program))
    else:
        yield from _reading(program)
    yield "\n".join(batch_lines(program))
    yield _part("batches")
    yield "\n".join(network_lines(program))
    yield _part("weights")
    for definitions in classes.definitions.values():
        yield from definitions
    yield "\n".join(optimizer_lines(program))
    yield "\n".join(main_lines(program))


def _reading(program: Program) -> Iterator[str]:
    """The functions that read and divide the examples."""
    yield from map(_part, sources.split_parts(program))
    if sources.is_table(program):
        lines = "\n".join(table_lines(program))
        yield from _called(_part("cells"), lines)
        yield lines
    else:
        yield "\n".join(array_lines(program))


def _called(part: str, caller: str) -> Iterator[str]:
    """The functions of a part that are called, at once or by one that is."""
    functions, called = part.split("\n\n\n"), list[str]()
    for function in reversed(functions):  # each is called by later ones only
        name = function.removeprefix("def ").partition("(")[0]
        if re.search(rf"\b{name}\b", "\n".join((caller, *called))):
            called.insert(0, function)
    yield from called


def _part(name: str) -> str:
    """Functions that are the same in every script that has them."""
    file = resources.files("recipe.eject") / "parts" / f"{name}.txt"
    return file.read_text(encoding="utf-8").rstrip("\n")
