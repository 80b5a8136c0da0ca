"""What this machine reaches at best: products of matrices, and copies in memory."""

import functools
import os
import platform
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import Any

import keras
import numpy as np

from recipe.compiler.startup import keeps_to_cores
from recipe.program.caches import read_cache, write_cache
from recipe.program.machines import usable_cores
from recipe.program.programs import Runtime

PROBE_SECONDS = 0.3
_SIZES = (512, 1024, 2048, 4096, 8192)
_COPIED = 4096  # rows and columns of numbers, 64 MiB: more than a cache holds
_RUNS = 4
_FILE = "peaks"


@dataclass(frozen=True, slots=True)
class Peak:
    """The best that was measured.

    Args:
        flops_per_second: in products of matrices, at the precision of the run.
        bytes_per_second: read and written by a copy that no cache holds.
    """

    flops_per_second: float
    bytes_per_second: float


def known_peak(runtime: Runtime) -> Peak | None:
    """The peak that was measured before on this machine, for this backend and precision."""
    found = read_cache(_FILE, _key(runtime))
    try:
        return None if found is None else Peak(**{name: float(value) for name, value in found.items()})
    except (TypeError, ValueError):
        return None


def measure_peak(runtime: Runtime) -> Peak:
    """Measure the peak in about 0.3 seconds, and keep the best of all measurements."""
    known = known_peak(runtime) or Peak(0.0, 0.0)
    dtype = keras.mixed_precision.DTypePolicy(_policy(runtime)).compute_dtype
    peak = Peak(max(known.flops_per_second, _products(dtype)), max(known.bytes_per_second, _copies()))
    write_cache(_FILE, _key(runtime), asdict(peak))
    return peak


def _policy(runtime: Runtime) -> str:
    return runtime.precision if runtime.precision.startswith("mixed_") else "float32"


def _key(runtime: Runtime) -> str:
    """Everything that the peak depends on."""
    machine = (platform.node(), platform.machine(), f"{os.cpu_count()} cores", keras.version())
    return ", ".join((*machine, runtime.backend, runtime.precision))


def _products(dtype: str) -> float:
    """Operations a second of the largest products that fit into the time, as many as run at once."""
    best, until = 0.0, time.perf_counter() + 0.7 * PROBE_SECONDS
    for size in _SIZES:
        matrix = keras.ops.cast(np.full((size, size), 0.5, np.float32), dtype)
        seconds = _fastest(functools.partial(keras.ops.matmul, matrix, matrix))
        best = max(best, _lanes() * 2 * size**3 / seconds)
        if time.perf_counter() + 8 * _RUNS * seconds > until:  # the next one is eight times the work
            break
    return best


def _copies() -> float:
    array = keras.ops.ones((_COPIED, _COPIED), "float32")
    return _lanes() * 2 * 4 * _COPIED**2 / _fastest(functools.partial(keras.ops.negative, array))


def _lanes() -> int:
    """Operations that fill this machine: one that has all cores, or one for each core."""
    return usable_cores() if keeps_to_cores() else 1


def _fastest(run: Callable[[], Any]) -> float:
    """Seconds of the fastest of some rounds, in each of which as many run as fill the machine.

    The first may compile.
    """
    with ThreadPoolExecutor(_lanes()) as pool:
        return min(_seconds(pool, run) for _ in range(_RUNS))


def _seconds(pool: ThreadPoolExecutor, run: Callable[[], Any]) -> float:
    started = time.perf_counter()
    for _ in pool.map(lambda _: _finish(run()), range(_lanes())):
        pass
    return time.perf_counter() - started


def _finish(result: Any) -> None:
    """Reading one number waits for all of them, on every backend and device."""
    keras.ops.convert_to_numpy(keras.ops.cast(result[0, 0], "float32"))
