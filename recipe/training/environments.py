"""What the bits of a run hang on beside its Program: versions, machine, threads, engine.

It is written before the first step, and compared when the run goes on.
"""

import importlib.metadata
import json
import os
import platform
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from recipe.diagnostics.runs import RunFolderError, UnreadableRunFile
from recipe.diagnostics.runs_resuming import Condition
from recipe.program.hashing import program_hash
from recipe.program.machines import usable_cores
from recipe.training.engines.engine import Engine

FILE = "environment.json"
PACKAGES: Mapping[str, tuple[str, ...]] = {
    "tensorflow": ("keras-recipe", "keras", "tensorflow", "numpy"),
    "jax": ("keras-recipe", "keras", "jax", "jaxlib", "numpy"),
}
# Of the variables of a shell, the only ones that are written down: they change how numbers are computed.
VARIABLES = (
    "OMP_NUM_THREADS",
    "TF_ENABLE_ONEDNN_OPTS",
    "TF_NUM_INTEROP_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_SET_ONEDNN_FPMATH_MODE",
    "XLA_FLAGS",
)
# What must be equal for equal bits; the rest of the file is for readers.
COMPARED = (
    "versions",
    "machine",
    "processor",
    "threads",
    "devices",
    "variables",
    "backend",
    "precision",
    "strategy",
    "deterministic",
    "engine",
)
# What every recipe wrote; other keys may be younger than a run.
ESSENTIAL = ("versions", "engine", "fingerprint")
ABSENT = "-"


def environment(engine: Engine) -> dict[str, Any]:
    """The content of `environment.json`."""
    program = engine.compiled.program
    runtime = program.runtime
    return {
        "versions": {package: importlib.metadata.version(package) for package in PACKAGES[runtime.backend]},
        "python": platform.python_version(),
        "system": platform.system(),
        "machine": platform.machine(),
        "processor": processor(),
        "threads": usable_cores(),
        "devices": list(DEVICES[runtime.backend]()),
        "variables": {name: os.environ[name] for name in VARIABLES if name in os.environ},
        "backend": runtime.backend,
        "precision": runtime.precision,
        "strategy": runtime.strategy,
        "deterministic": runtime.deterministic,
        "engine": engine.mode.name,
        "block": runtime.block,
        "fingerprint": program.facts.fingerprint if program.facts else None,
        "program_hash": program_hash(program),
    }


def read_environment(folder: Path) -> dict[str, Any]:
    """`environment.json` of a run folder.

    Raises:
        RunFolderError: R602 when it is missing or damaged.
    """
    path = folder / FILE
    remedy = "put back a copy of it, or train the spec again: `recipe fit spec.yaml --fresh`"
    try:
        written = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RunFolderError([UnreadableRunFile(None, str(path), "", remedy)]) from None
    except (OSError, ValueError, RecursionError) as error:
        raise RunFolderError([UnreadableRunFile(None, str(path), str(error), remedy)]) from error
    missing = [name for name in ESSENTIAL if not isinstance(written, dict) or name not in written]
    if missing:
        reason = f"it has no key `{missing[0]}`"
        raise RunFolderError([UnreadableRunFile(None, str(path), reason, remedy)])
    return dict(written)


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Condition, ...]:
    """What equal bits need and is not as it was; what nobody wrote down then is not compared.

    Args:
        before: `environment.json` as it was written.
        after: of this process.
    """
    old, new = dict(_flat(before)), dict(_flat(after))
    names = [name for name in dict.fromkeys((*new, *old)) if name.partition(".")[0] in before]
    return tuple(
        Condition(name, old.get(name, ABSENT), new.get(name, ABSENT))
        for name in names
        if old.get(name) != new.get(name)
    )


def _flat(written: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name in COMPARED:
        value = written.get(name)
        if isinstance(value, Mapping):
            yield from ((f"{name}.{key}", str(one)) for key, one in value.items())
        elif isinstance(value, list):
            yield name, ", ".join(map(str, value)) or "none"
        elif value is not None:
            yield name, str(value)


def processor() -> str:
    """The name of the processor, for which frameworks choose their kernels."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor())


def _tensorflow_devices() -> Iterator[str]:
    import tensorflow as tf

    for device in tf.config.list_physical_devices("GPU"):
        yield str(tf.config.experimental.get_device_details(device).get("device_name", device.name))


def _jax_devices() -> Iterator[str]:
    import jax

    return (str(device.device_kind) for device in jax.devices())


DEVICES: Mapping[str, Callable[[], Iterator[str]]] = {
    "tensorflow": _tensorflow_devices,
    "jax": _jax_devices,
}
