"""`precision: auto`: a rule over the machine and the network, decided once and written into the run.

| machine | network | precision |
|---|---|---|
| NVIDIA GPU of compute capability 8.0 (Ampere) or more, TPU | any | `mixed_bfloat16` |
| NVIDIA GPU before that | any | `float32`; `mixed_float16` is asked for by name, it needs loss scaling |
| processor with bfloat16 matrix units (AMX), TensorFlow | with convolutions | `mixed_bfloat16` |
| any other processor | any | `float32` |

On a processor with AMX, convolutions gain on TensorFlow; small transformers gain nothing, JAX neither, and
what XLA compiles gets slower (`python -m tests.benchmarks.step_time` has rows for both precisions).
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass

BFLOAT16, FLOAT32 = "mixed_bfloat16", "float32"
AMPERE = 8.0
MATRIX_UNITS = "amx_bf16"
# Instructions of processors, any of which computes in such numbers; without one each number is converted.
COMPUTING: Mapping[str, frozenset[str]] = {
    "bfloat16_products": frozenset({MATRIX_UNITS}),
    BFLOAT16: frozenset({MATRIX_UNITS, "avx512_bf16", "bf16"}),
    "mixed_float16": frozenset({"amx_fp16", "avx512_fp16", "asimdhp"}),
}


@dataclass(frozen=True, slots=True)
class Machine:
    """What a backend computes on.

    Args:
        kind: `cpu`, `gpu` or `tpu`; empty while nobody has looked.
        capability: compute capability of an NVIDIA GPU, the least of several; 0 for all else.
        instructions: of the processor, as Linux names them.
    """

    kind: str = ""
    capability: float = 0.0
    instructions: frozenset[str] = frozenset()


NOT_LOOKED_AT = Machine()


@dataclass(frozen=True, slots=True)
class _Rule:
    """One row of the table.

    Args:
        applies: to a machine, a backend, and whether the network has convolutions.
        precision: that it chooses.
        reason: in words.
    """

    applies: Callable[[Machine, str, bool], bool]
    precision: str
    reason: str


_RULES = (
    _Rule(lambda machine, *_: not machine.kind, FLOAT32, "decided where it is trained"),
    _Rule(lambda machine, *_: machine.kind == "tpu", BFLOAT16, "a TPU multiplies in bfloat16"),
    _Rule(
        lambda machine, *_: machine.kind == "gpu" and machine.capability >= AMPERE,
        BFLOAT16,
        "this GPU multiplies in bfloat16",
    ),
    _Rule(lambda machine, *_: machine.kind == "gpu", FLOAT32, "this GPU does not multiply in bfloat16"),
    _Rule(
        lambda machine, *_: MATRIX_UNITS not in machine.instructions,
        FLOAT32,
        "this processor has no bfloat16 matrix units",
    ),
    _Rule(
        lambda machine, backend, convolves: backend == "tensorflow" and convolves,
        BFLOAT16,
        "this processor has bfloat16 matrix units, and the network has convolutions",
    ),
    _Rule(lambda *_: True, FLOAT32, "bfloat16 gains on this processor for convolutions on TensorFlow alone"),
)


def settle_precision(machine: Machine, backend: str, *, convolves: bool) -> tuple[str, str]:
    """The precision that `auto` becomes, and why.

    Args:
        machine: where it is trained.
        backend: of Keras.
        convolves: whether the network has a convolution.
    """
    rule = next(rule for rule in _RULES if rule.applies(machine, backend, convolves))
    return rule.precision, rule.reason


def lacks_instructions(machine: Machine, precision: str) -> bool:
    """Whether a processor, as far as it is known, cannot compute in the numbers of a precision."""
    needed = COMPUTING.get(precision)
    return needed is not None and bool(machine.instructions) and machine.instructions.isdisjoint(needed)


def usable_cores() -> int:
    """Cores that this process may run on: a framework starts as many threads, and sums are split by them."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
