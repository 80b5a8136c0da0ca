"""A step without memory is told with the way to the same update in parts, and ends with 6."""

import pytest
import tensorflow as tf

import recipe
from recipe.diagnostics.machine import MachineError
from recipe.training.engines.engine import Engine
from tests.training.specs import DIGITS

OOM = "Graph execution error:\n\nat node x\nOOM when allocating tensor with shape[64,9] and type float on cpu"


class XlaRuntimeError(RuntimeError):
    """Has the name of JAX's."""


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (tf.errors.ResourceExhaustedError(None, None, OOM), "OOM when allocating tensor with shape[64,9]"),
        (
            XlaRuntimeError("RESOURCE_EXHAUSTED: Out of memory allocating 8 bytes."),
            "Out of memory allocating 8",
        ),
        (MemoryError(), "no memory left"),
    ],
    ids=["TensorFlow", "JAX", "Python"],
)
def test_an_exhausted_device_is_told_with_the_same_update_in_more_parts(error, reason, monkeypatch):
    def run(self, *block):
        raise error

    monkeypatch.setattr(Engine, "run", run)
    with pytest.raises(MachineError) as caught:
        recipe.fit(recipe.load("small.yaml", ["training.accumulate=2"], text=DIGITS), keep=False)
    (problem,) = caught.value.problems
    assert caught.value.exit_code == 6
    assert problem.message.startswith(f"out of memory with 32 examples at once: {reason}")
    assert "`training: {batch_size: 64, accumulate: 4}`" in problem.help


def test_another_error_of_a_step_stays_what_it_is(monkeypatch):
    def run(self, *block):
        raise XlaRuntimeError("INTERNAL: something else")

    monkeypatch.setattr(Engine, "run", run)
    with pytest.raises(XlaRuntimeError):
        recipe.fit(recipe.load("small.yaml", text=DIGITS), keep=False)
