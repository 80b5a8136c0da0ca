"""A step that found no memory: told with the way to compute the same update in parts."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from recipe.diagnostics.machine import MachineError, StepOutOfMemory
from recipe.program.programs import Program

# By the names of their classes: Python's and TensorFlow's; those of JAX stand for every error of XLA.
OF_MEMORY = frozenset({"MemoryError", "ResourceExhaustedError"})
OF_XLA = frozenset({"JaxRuntimeError", "XlaRuntimeError"})
EXHAUSTED = "RESOURCE_EXHAUSTED"
# What frameworks say of the array for which there was no room, among lines about where it was wanted.
_ARRAY = re.compile(
    r"(?:OOM when allocating tensor|Out of memory (?:while trying to allocate|allocating))[^\n]*"
)
_LONGEST_REASON = 200


def is_out_of_memory(error: BaseException) -> bool:
    """Whether a framework, or Python, says that there is no memory left."""
    name = type(error).__name__
    return name in OF_MEMORY or (name in OF_XLA and EXHAUSTED in str(error))


@contextmanager
def told_when_exhausted(program: Program) -> Iterator[None]:
    """What runs inside may run out of memory.

    Raises:
        MachineError: R674 in the place of a framework's error.
    """
    try:
        yield
    except Exception as error:
        if not is_out_of_memory(error):
            raise
        training = program.training
        span = program.spec.span_of("training")
        facts = (int(str(training.batch_size)), training.accumulate, _reason(str(error)))
        raise MachineError([StepOutOfMemory(span, *facts)]) from error


def _reason(text: str) -> str:
    """The line that names the array, else the first."""
    found = _ARRAY.search(text)
    return (found[0] if found else text.strip().partition("\n")[0] or "no memory left")[:_LONGEST_REASON]
