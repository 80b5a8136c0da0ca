"""The functions of a printed script cut a series as the run does, to the last bit."""

from pathlib import Path

import numpy as np
import pytest

from recipe import api
from tests.eject.comparing import assert_equal_parts

SPEC = """
recipe: 1
name: tides
data:
  source: {{series: {{path: tides.csv, time: hour, window: 6, horizon: 2, {more}}}}}
  split: {{validation: 20, test: 15%}}
architecture: [{{Dense: {{units: {columns}, name: all}}}}, {{Cropping1D: {{cropping: [4, 0]}}}}]
optimizer: SGD
training: {{epochs: 1, batch_size: 16}}
"""


@pytest.mark.parametrize(
    ("more", "columns"), [("rows: 90", 3), ("columns: [wind, sea], forecast: sea, standardize: false", 1)]
)
def test_a_script_cuts_and_scales_windows_as_the_run_does(
    more: str, columns: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    numbers = np.random.default_rng(3).normal(4, 9, (100, 2)).tolist()
    rows = [f"{hour},{sea},{wind},7" for hour, (sea, wind) in enumerate(numbers)]
    Path("tides.csv").write_text("\n".join(("hour,sea,wind,pole", *rows)) + "\n")
    spec = SPEC.format(more=more, columns=columns).replace(", name: all", "")
    assert_equal_parts(api.load("tides.yaml", text=spec))
