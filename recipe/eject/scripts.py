"""A Program as one Keras script: data, network, weights, optimizer and training, without recipe."""

import re
from collections.abc import Iterator
from importlib import resources

from recipe.catalog.calls import calls_in
from recipe.diagnostics.problems import RecipeError
from recipe.eject import sources
from recipe.eject.arrays import array_lines
from recipe.eject.callbacks import copied_callbacks, ending_lines, ends_within_an_epoch, keeps_averages
from recipe.eject.components import OWN, Copied, copied
from recipe.eject.networks import network_lines
from recipe.eject.optimizers import Grouped, mixed_in, optimizer_lines
from recipe.eject.refusals import refusals
from recipe.eject.series import series_lines
from recipe.eject.tables import table_lines
from recipe.eject.texts import text_lines
from recipe.eject.training import (
    batch_lines,
    draws_inside,
    main_lines,
    order_source,
    parts_of,
    prepares,
    types_of,
)
from recipe.program.programs import Program, Side

# What a script always imports; copies of classes may bring more.
_IMPORTS = (
    "import hashlib",
    "import os",
    "from pathlib import Path",
    "from typing import Any",
)
# What TensorFlow has to know before it is imported.
_PRODUCTS = {
    "bfloat16_products": (
        'os.environ["TF_SET_ONEDNN_FPMATH_MODE"] = "BF16"  # products; weights stay float32',
    ),
}
_UNPREPARED = (
    (r"inputs, targets = (.+)\n +return prepare\(.+\)", r"return \1"),
    (r"batches = (.+)\n +return batches\.map\(.+\)", r"return \1"),
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
    own = (*_schedules(program), *mixed_in(program, grouped), *_objectives(program))
    mixing = copied(tuple(step.call.target for step in program.batch if step.side is Side.BATCH))
    classes = copied((*own, *copied_callbacks(program)))
    sections = ["\n".join(_constants(program)), *_functions(program, grouped, mixing, classes)]
    body = "\n\n\n".join(sections)
    head = _head(program, body, mixing.imports | classes.imports)
    ending = 'if __name__ == "__main__":\n    main()\n'
    return f"{head}\n\n{body}\n\n\n{ending}"


def _schedules(program: Program) -> Iterator[str]:
    """The targets of our own schedules."""
    written = [program.schedule] if program.schedule is not None else []
    for call in (one for schedule in (*written, *program.settings.values()) for one in calls_in(schedule)):
        if call.target.startswith(OWN):
            yield call.target


def _objectives(program: Program) -> Iterator[str]:
    """The targets of our own losses and metrics."""
    written = (program.loss, *program.metrics)
    return (one.target for call in written for one in calls_in(call) if one.target.startswith(OWN))


def _head(program: Program, body: str, imports: frozenset[str]) -> str:
    """The docstring and the imports of what the rest uses."""
    of_keras = {line for line in imports if line.split()[1].startswith("keras")}
    standard = {*_IMPORTS, *imports} - of_keras
    standard |= {line for word, line in _USED.items() if re.search(rf"\b{word}\b", body)}
    abstract = ", ".join(name for name in _TYPES if f"{name}[" in body)
    standard = {line for line in standard if not line.startswith(_ABSTRACT)} | {f"{_ABSTRACT}{abstract}"}
    packages = ["import keras", "import numpy as np", "import pandas as pd", "import tensorflow as tf"]
    packages += ["from PIL import Image, ImageOps", *(f"import {module}" for module in program.imports)]
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
        *_PRODUCTS.get(program.runtime.precision, ()),
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
    weights = "" if program.data.weight is None else ", Array"
    yield f"Examples = tuple[{inputs}, Array{weights}]"
    yield ""
    yield f"SEED = {runtime.seed}"
    yield f"EPOCHS = {training.epochs}"
    yield f"BATCH_SIZE = {training.batch_size}"
    yield f"STEPS_PER_EPOCH = {training.steps_per_epoch}  # the smaller last batch counted"
    if ends_within_an_epoch(program):
        yield f"TOTAL_STEPS = {training.total_steps}"
    yield from sources.constants(program)
    yield ""
    yield "keras.utils.set_random_seed(SEED)"
    if runtime.deterministic:
        yield "tf.config.experimental.enable_op_determinism()"


def _functions(program: Program, grouped: Grouped, mixing: Copied, classes: Copied) -> Iterator[str]:
    """Every function, in the order in which a reader meets the run."""
    yield _part("seeds")
    yield from _reading(program)
    if any(step.mask for step in program.batch):
        yield _part("moved")
    yield from mixing.sources
    if prepares(program):
        yield "\n".join(batch_lines(program))
    if program.training.sampling == "balanced":
        yield _part("balanced_order")
    yield _batches(program)
    yield _part("traces")
    yield "\n".join(network_lines(program))
    yield _part("weights")
    if draws_inside(program):
        yield _part("generators")
    yield from classes.sources
    yield "\n".join(optimizer_lines(program, grouped))
    yield from ending_lines(program)
    if ends_within_an_epoch(program):
        yield _part("last_step")
    if keeps_averages(program):
        yield _part("averages")
    yield "\n".join(main_lines(program, grouped))


def _batches(program: Program) -> str:
    """The functions that make batches, which are prepared where there is something to do."""
    kind = "batches_of_text" if sources.source_call(program).name == "corpus" else "batches"
    text = _part(kind).replace("ORDER", order_source(program), 1)
    for prepared, plain in () if prepares(program) else _UNPREPARED:
        text = re.sub(prepared, plain, text)
    return text.replace("inputs, targets", parts_of(program)).replace("tuple[Any, Any]", types_of(program))


def _reading(program: Program) -> Iterator[str]:
    """The functions that read and divide the examples."""
    yield from (sources.with_sizes(_part(name), program) for name in sources.split_parts(program))
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
