"""The tests of this floor again, on JAX, in a process of their own: Keras chooses its backend once."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

FLOOR = Path(__file__).parent
ESSENTIAL = (
    "test_equality_with_keras.py::test_sgd_with_momentum_gives_the_weights_of_a_hand_written_script_bit_for_bit",
    "test_states.py::test_a_run_that_was_killed_after_a_block_ends_with_the_same_bits",
)
ALL = (
    "test_equality_with_keras.py",
    "test_several.py",
    "test_states.py",
    "test_loop.py",
    "test_engine.py",
    "test_divergence.py",
    "test_repeats.py",
    "test_updates.py",
    "test_averages.py",
    "test_endings.py",
    "test_labels.py",
    "test_sequences.py",
    "test_sequences_of_numbers.py",
    "test_weights.py",
)

needs_jax = pytest.mark.skipif(
    importlib.util.find_spec("jax") is None, reason="the extra `jax` is not installed"
)


def run_on_jax(tests: tuple[str, ...]) -> str:
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-n",
        "0",
        "-p",
        "no:cacheprovider",
        *(str(FLOOR / test) for test in tests),
    ]
    environment = os.environ | {"KERAS_BACKEND": "jax"}
    done = subprocess.run(
        command, cwd=FLOOR.parents[1], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-6000:]
    return done.stdout


@needs_jax
def test_on_jax_weights_equal_a_hand_written_script_and_a_killed_run_ends_with_the_same_bits():
    assert "2 passed" in run_on_jax(ESSENTIAL)


@needs_jax
@pytest.mark.slow
def test_on_jax_everything_else_of_this_floor_holds_too():
    assert " passed" in run_on_jax(ALL)
