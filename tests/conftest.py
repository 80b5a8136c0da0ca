"""Fixtures that several floors share."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Speed is what benchmarks measure; here a busy machine would fail tests of what is right.
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")

# As a run sets it, before a test loads Keras: it then computes the bits that a process of its own computes.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")

SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Keeps all tests in one process where they write what they share: the goldens."""
    if os.environ.get("RECIPE_UPDATE_GOLDENS") == "1":
        config.option.numprocesses = 0
        config.option.dist = "no"


@pytest.fixture
def shared_data() -> Callable[[str], Path]:
    """The path of a real data set by file name; skips the test where it is absent."""

    def find(name: str) -> Path:
        path = SHARED_DATA / name
        if not path.exists():
            pytest.skip(f"the real data set {name} is not on this machine")
        return path

    return find
