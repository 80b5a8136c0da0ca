"""The functions of a printed script read stored arrays as the run does."""

from pathlib import Path

import numpy as np
import pytest

from recipe import api
from tests.eject.comparing import assert_equal_parts

SPEC = """
recipe: 1
name: bits
data: {source: {npz: {path: bits.npz, features: x, target: y}}, target: {y: labels}, split: {test: 20%}}
architecture: [head]
optimizer: SGD
training: {epochs: 1, batch_size: 16}
"""


def test_a_script_reads_an_array_of_labels_as_the_run_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    bits = np.random.default_rng(3).integers(0, 2, (40, 3), dtype=np.int8)
    np.savez("bits.npz", x=bits * 2.5, y=bits)
    assert_equal_parts(api.load("bits.yaml", text=SPEC))
