"""A Program as one Keras script: data, network, weights, optimizer and training, without recipe."""

import re
from collections.abc import Iterator
from importlib import resources

from recipe.catalog.calls import calls_in
from recipe.diagnostics.problems import RecipeError
from recipe.eject import sources
from recipe.eject.arrays import array_lines
from recipe.eject.components import Copied, copied
from recipe.eject.networks import network_lines
from recipe.eject.optimizers import Grouped, mixed_in, optimizer_lines
from recipe.eject.refusals import OVER, refusals
from recipe.eject.series import series_lines
from recipe.eject.tables import table_lines
from recipe.eject.texts import text_lines
from recipe.eject.training import STOPPING, batch_lines, keeps_averages, main_lines
from recipe.program.programs import Program

# What a script always imports; copies of classes may bring more.
_IMPORTS = (
    "import hashlib",
    "import os",
    "from pathlib import Path",
    "from typing import Any",
)
_IN_ORDER = {"corpus": text_lines, "series": series_lines}
_TYPES = ("Callable", "Iterator", "Mapping", "Sequence")
_ABSTRACT = "from collections.abc import "
_USED = {
    r"bz2\.": "import bz2",
    r"fnmatch\.": "import fnmatch",
    r"gzip\.": "import gzip",
    r"lzma\.": "import lzma",
    r"math\.": "import math",
    r"re\.": "import re",
    r"string\.": "import string",
    "Counter": "from collections import Counter",
    "NormalDist": "from statistics import NormalDist",
}


def script_source(program: Program, grouped: Grouped) -> str:
    """The text of a script that trains the same weights.

    Args:
        program: with facts, its graph settled by the compiler.
        grouped: what its groups of weights mean, settled likewise.

    Raises:
        RecipeError: R346 for every part that no script is printed for.
    """
    found = refusals(program)
    if found:
        raise RecipeError(list(found))
    own = (*_schedules(program), *mixed_in(program, grouped), *_objectives(program), *_stopping(program))
    classes = copied(own)
    sections = ["\n".join(_constants(program)), *_functions(program, grouped, classes)]
    body = "\n\n\n".join(sections)
    head = _head(program, body, classes)
    ending = 'if __name__ == "__main__":\n    main()\n'
    return f"{head}\n\n{body}\n\n\n{ending}"


def _schedules(program: Program) -> Iterator[str]:
    """The targets of our own schedules."""
    written = [program.schedule] if program.schedule is not None else []
    for call in (one for schedule in (*written, *program.settings.values()) for one in calls_in(schedule)):
        if call.target.startswith("recipe."):
            yield call.target


def _objectives(program: Program) -> Iterator[str]:
    """The targets of our own losses and metrics."""
    written = (program.loss, *program.metrics)
    return (one.target for call in written for one in calls_in(call) if one.target.startswith(OVER))


def _stopping(program: Program) -> tuple[str, ...]:
    return () if program.early_stopping is None else (STOPPING,)


def _head(program: Program, body: str, classes: Copied) -> str:
    """The docstring and the imports of what the rest uses."""
    of_keras = {line for line in classes.imports if line.split()[1].startswith("keras")}
    standard = {*_IMPORTS, *classes.imports} - of_keras
    standard |= {line for word, line in _USED.items() if re.search(rf"\b{word}\b", body)}
    abstract = ", ".join(name for name in _TYPES if f"{name}[" in body)
    standard = {line for line in standard if not line.startswith(_ABSTRACT)} | {f"{_ABSTRACT}{abstract}"}
    packages = ["import keras", "import numpy as np", "import pandas as pd", "import tensorflow as tf"]
    packages += ["from PIL import Image, ImageOps"]
    packages = [line for line in packages if f"{line.split()[-1]}." in body]
    packages = sorted({*packages, *of_keras}, key=_import_order)
    lines = [
        f'"""The training of `{program.name}`: data, network, optimizer and loop in one file.',
        "",
        "It runs by itself, and trains the weights that `recipe fit` trains with `engine: graph` on one",
        "machine with the same versions: the same ones, bit for bit.",
        '"""',
        "",
        *sorted(standard, key=_import_order),
        "",
        'os.environ["KERAS_BACKEND"] = "tensorflow"',
        'os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")  # on every processor',
        "",
        *packages,
    ]
    return "\n".join(lines)


def _import_order(line: str) -> tuple[bool, str]:
    """Whole modules first, then names of them."""
    return line.startswith("from "), line.lower()


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


def _functions(program: Program, grouped: Grouped, classes: Copied) -> Iterator[str]:
    """Every function, in the order in which a reader meets the run."""
    yield _part("seeds")
    yield from _reading(program)
    if any(step.mask for step in program.batch):
        yield _part("moved")
    yield "\n".join(batch_lines(program))
    yield _part("batches_of_text" if sources.source_call(program).name == "corpus" else "batches")
    yield _part("traces")
    yield "\n".join(network_lines(program))
    yield _part("weights")
    for definitions in classes.definitions.values():
        yield from definitions
    yield "\n".join(optimizer_lines(program, grouped))
    if keeps_averages(program):
        yield _part("averages")
    yield "\n".join(main_lines(program))


def _reading(program: Program) -> Iterator[str]:
    """The functions that read and divide the examples."""
    yield from map(_part, sources.split_parts(program))
    if sources.is_table(program):
        lines = "\n".join(table_lines(program))
        yield from _called(_part("cells"), lines)
        yield lines
        return
    lines_of = _IN_ORDER.get(sources.source_call(program).name, array_lines)
    yield "\n".join(lines_of(program))


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
