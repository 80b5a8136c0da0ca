"""Several logical devices train like one with the same batch: `mirrored`, and `data_parallel` on JAX.

Excluded under `mirrored`, and said so by a warning: dropout and augmentation, whose masks each device draws.
"""

import importlib.util
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

needs_jax = pytest.mark.skipif(
    importlib.util.find_spec("jax") is None, reason="the extra `jax` is not installed"
)

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


def trained(backend: str, devices: int, *overrides: str, text: str = SPEC) -> dict[str, Any]:
    worker = [sys.executable, "-m", "tests.training.devices_worker", backend, str(devices), *overrides]
    environment = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(worker, input=text, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


def assert_alike(answers: dict[str, Any], tolerance: float) -> None:
    one, several = answers["one"], answers["several"]
    np.testing.assert_allclose(several["weights"], one["weights"], rtol=0, atol=tolerance)
    for expected, logs in zip(one["logs"], several["logs"], strict=True):
        assert logs == pytest.approx(expected, abs=max(1e-4, tolerance))
    assert several["test"] == pytest.approx(one["test"], abs=max(1e-4, tolerance))


CLIPPED = ["training.batch_size=60", "training.accumulate=2", "regularization.gradient_clip=0.05"]
HALF = [*CLIPPED, "runtime.precision=mixed_float16"]
AVERAGED = (
    "regularization={ema: {decay: 0.9, every: 2 steps}, max_norm: 1.0, l2: 1e-3, gradient_clip: {norm: 0.1}}"
)
GROUPED = [
    "regularization={gradient_noise: 1e-3, gradient_clip: {adaptive: 0.05}, gradient_centralization: true, "
    "weight_decay: {value: 0.01, coupled: true}}",
    "optimizer={SGD: {learning_rate: 0.05, momentum: 0.9}, "
    "groups: [{match: 'conv2d/*', freeze: 5 steps}, {match: '**', layer_decay: 0.5}]}",
]
ADAMW = ["optimizer={AdamW: {learning_rate: 1e-3}}", "regularization.weight_decay=0.01"]
MLP = ["architecture=[Flatten, {Dense: {units: 32, activation: relu}}, head]"]
# No loss falls by so much, so the second epoch is the last, and the weights are those of the first.
STOPPED = ["regularization.early_stopping={patience: 1 epoch, minimum_delta: 9}", "training.epochs=4"]
BFLOAT16 = ["runtime.precision=mixed_bfloat16"]
IN_PARTS = ["training.batch_size=60", "training.accumulate=3"]
SHIFTED = "regularization.augmentation=[{RandomTranslation: {height_factor: 0.1, width_factor: 0.1}}]"


# The last batch of an epoch of 61 has 44 examples, of 60 it has 7: devices divide some and not others, and
# some in whole and not in parts. Adam divides by the root of second moments near zero and so enlarges
# rounding: a tenth of a step is allowed.
@pytest.mark.parametrize(
    ("devices", "overrides", "tolerance"),
    [
        pytest.param(2, ["training.batch_size=61"], 1e-5, marks=pytest.mark.slow),
        (2, CLIPPED, 1e-5),
        pytest.param(2, ["training.batch_size=60", *ADAMW], 1e-4, marks=pytest.mark.slow),
        pytest.param(2, HALF, 1e-2, marks=pytest.mark.slow),
        pytest.param(2, [AVERAGED], 1e-5, marks=pytest.mark.slow),
        pytest.param(2, [*GROUPED, *IN_PARTS], 1e-5, marks=pytest.mark.slow),
        pytest.param(4, MLP, 1e-5, marks=pytest.mark.slow),
        pytest.param(4, ["training.batch_size=60"], 1e-5, marks=pytest.mark.slow),
        pytest.param(4, [AVERAGED, *IN_PARTS], 1e-5, marks=pytest.mark.slow),
        pytest.param(4, [*GROUPED, "training.batch_size=60"], 1e-5, marks=pytest.mark.slow),
        pytest.param(4, [*STOPPED, *CLIPPED], 1e-5, marks=pytest.mark.slow),
        pytest.param(4, BFLOAT16, 1e-2, marks=pytest.mark.slow),
    ],
    ids=[
        "indivisible",
        "clipped, in parts",
        "AdamW",
        "float16, clipped, in parts",
        "averaged",
        "grouped, in parts",
        "4, MLP",
        "4",
        "4, averaged, in parts",
        "4, grouped",
        "4, stopped early, clipped, in parts",
        "4, bfloat16",
    ],
)
def test_several_devices_train_like_one_with_the_same_batch(
    devices: int, overrides: list[str], tolerance: float
):
    assert_alike(trained("tensorflow", devices, *overrides), tolerance)


WITH_DROPOUT = SPEC.replace("  - head", "  - Dropout: 0.5\n  - head")


@needs_jax
@pytest.mark.parametrize(
    ("devices", "overrides", "tolerance"),
    [
        (4, [SHIFTED, *CLIPPED], 1e-5),
        pytest.param(2, MLP, 1e-5, marks=pytest.mark.slow),
        pytest.param(2, [AVERAGED, *IN_PARTS], 1e-5, marks=pytest.mark.slow),
        pytest.param(8, [*MLP, *ADAMW], 1e-4, marks=pytest.mark.slow),
        pytest.param(8, ["training.batch_size=64", SHIFTED, *STOPPED], 1e-5, marks=pytest.mark.slow),
        pytest.param(8, ["training.batch_size=64", *BFLOAT16], 1e-2, marks=pytest.mark.slow),
        pytest.param(8, [*GROUPED, "training.batch_size=64"], 1e-5, marks=pytest.mark.slow),
    ],
    ids=[
        "all at once",
        "MLP",
        "averaged, in parts",
        "8, MLP, AdamW",
        "8, stopped early",
        "8, bfloat16",
        "8, grouped",
    ],
)
def test_on_jax_several_devices_train_like_one_dropout_and_augmentation_included(
    devices: int, overrides: list[str], tolerance: float
):
    assert_alike(trained("jax", devices, *overrides, text=WITH_DROPOUT), tolerance)


DIVIDED = """
import os
os.environ["XLA_FLAGS"] = "--xla_force_host_platform_device_count=4"
import jax, numpy as np
from recipe.training.placements import _data_parallel
shared = jax.jit(_data_parallel().shared)
print([len({str(one.index) for one in shared(np.zeros((size, 3))).addressable_shards}) for size in (8, 6)])
"""


@needs_jax
def test_each_device_has_its_share_of_a_batch_that_they_divide_and_all_of_another():
    done = subprocess.run([sys.executable, "-c", DIVIDED], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[4, 1]"


def test_a_strategy_of_the_other_backend_is_refused_with_the_one_to_take():
    for strategy, backend, code, instead in (
        ("mirrored", "jax", "R340", "data_parallel"),
        ("data_parallel", "tensorflow", "R380", "mirrored"),
    ):
        words = [f"runtime.strategy={strategy}", f"runtime.backend={backend}"]
        (problem,) = recipe.check("mirrored.yaml", words, text=SPEC).problems
        assert (problem.code, f"`runtime.strategy: {instead}`" in problem.help) == (code, True)


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
