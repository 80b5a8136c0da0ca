"""`strategy: mirrored` on two logical devices is the run of one device with the same batch.

Excluded, and said so by a warning: dropout and augmentation, whose masks each device draws for itself.
"""

import json
import os
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

import recipe
from recipe.diagnostics.problems import RecipeError
from recipe.training.placements import num_devices

SPEC = """
recipe: 1
name: mirrored
data:
  source: {bundled: digits}
  split: {validation: 150, test: 200}
architecture:
  - Conv2D: {filters: 8, kernel_size: 3, use_bias: false}
  - BatchNormalization
  - ReLU
  - GlobalAveragePooling2D
  - head
optimizer:
  SGD: {learning_rate: 0.05, momentum: 0.9}
training: {epochs: 2, batch_size: 61}
runtime: {seed: 3, strategy: single}
"""


def trained(*overrides: str) -> dict[str, Any]:
    worker = [sys.executable, "-m", "tests.training.mirrored_worker", *overrides]
    environment = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(worker, input=SPEC, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


CLIPPED = ["training.batch_size=60", "regularization.gradient_clip=0.05"]
HALF = [*CLIPPED, "runtime.precision=mixed_float16", "training.accumulate=2"]
ADAMW = ["optimizer={AdamW: {learning_rate: 1e-3}}", "regularization.weight_decay=0.01"]


# Batches that two devices do not divide and do divide; the last one of an epoch has 44 and 7 examples.
# Adam divides by the root of second moments near zero and so enlarges rounding: a tenth of a step is allowed.
@pytest.mark.parametrize(
    ("overrides", "tolerance"),
    [
        (["training.batch_size=61"], 2e-5),
        (["training.batch_size=60", *ADAMW], 1e-4),
        (CLIPPED, 2e-5),
        pytest.param(HALF, 1e-2, marks=pytest.mark.slow),
    ],
    ids=["indivisible batch, momentum", "divisible batch, AdamW", "clipped", "float16, clipped, in parts"],
)
def test_two_devices_train_like_one_with_the_same_batch(overrides: list[str], tolerance: float):
    answers = trained(*overrides)
    single, mirrored = answers["single"], answers["mirrored"]
    np.testing.assert_allclose(mirrored["weights"], single["weights"], rtol=0, atol=tolerance)
    for one, other in zip(single["logs"], mirrored["logs"], strict=True):
        assert other == pytest.approx(one, abs=1e-4)
    assert mirrored["test"] == pytest.approx(single["test"], abs=1e-4)


def test_mirrored_on_one_device_is_refused_with_the_way_out():
    spec = recipe.load("mirrored.yaml", ["runtime.strategy=mirrored"], text=SPEC)
    with pytest.raises(RecipeError, match="needs at least 2 devices"):
        recipe.fit(spec, keep=False)


def test_what_mirrored_cannot_keep_equal_is_said_before_the_run():
    dropout = SPEC.replace("  - head", "  - Dropout: 0.5\n  - head").replace("single", "mirrored")
    checked = recipe.check("mirrored.yaml", text=dropout)
    assert [problem.code for problem in checked.problems] == ["R316"]


@pytest.mark.parametrize("strategy", ["single", "mirrored"])
def test_devices_are_counted_without_opening_any(strategy: str):
    program = recipe.load("mirrored.yaml", [f"runtime.strategy={strategy}"], text=SPEC).program
    assert num_devices(program.runtime) == 1  # of this process
