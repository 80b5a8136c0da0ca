"""What JAX says about a few models, asked once."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def jax_costs() -> dict[str, dict[str, float]]:
    """By model: operations and kept bytes as JAX and as recipe count them."""
    if importlib.util.find_spec("jax") is None:
        pytest.skip("the extra `jax` is not installed")
    done = subprocess.run(
        [sys.executable, "-m", "tests.compiler.jax_costs"],
        cwd=Path(__file__).parents[2],
        env=os.environ | {"KERAS_BACKEND": "jax"},
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, dict[str, float]] = json.loads(done.stdout.splitlines()[-1])
    return found
