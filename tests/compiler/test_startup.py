"""Starting a framework: what is loaded with it, and in which numbers it computes."""

import json
import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

import recipe
from recipe.cli.main import main
from recipe.compiler import startup
from recipe.diagnostics.problems import RecipeError
from tests.training.specs import BACKEND, DIGITS

ROOT = Path(__file__).parents[2]
FIT = """
import json, sys
import recipe
run = recipe.fit(recipe.load("small.yaml", json.loads(sys.argv[1]), text=sys.argv[2]), keep=False)
loaded = [name for name in ("tensorflow", "pandas", "jax") if name in sys.modules]
print(json.dumps({"loaded": loaded, "losses": [row.logs["loss"] for row in run.outcome.rows]}))
"""

on_tensorflow = pytest.mark.skipif(BACKEND != "tensorflow", reason="the backend of this process is another")


def fitted(*overrides: str) -> dict:
    """What a process of its own loaded and reached."""
    command = [sys.executable, "-c", FIT, json.dumps(overrides), DIGITS]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


STARTED = """
import os
from recipe.compiler.startup import start
from recipe.program.programs import Runtime
start(Runtime("tensorflow", "float32", "single", 0, True, "auto"))
from tensorflow.python.util import _pywrap_util_port
print(_pywrap_util_port.IsMklEnabled())
"""


@on_tensorflow
@pytest.mark.skipif(platform.machine() != "x86_64", reason="TensorFlow brings oneDNN for this processor only")
@pytest.mark.parametrize(("asked", "used"), [(None, True), ("0", False)])
def test_tensorflow_uses_onednn_on_every_processor_unless_the_shell_says_no(asked: str | None, used: bool):
    environment = {name: value for name, value in os.environ.items() if name != startup.ONEDNN}
    environment |= {} if asked is None else {startup.ONEDNN: asked}
    done = subprocess.run(
        [sys.executable, "-c", STARTED], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == str(used)


@on_tensorflow
def test_products_in_bfloat16_are_refused_where_tensorflow_runs_without_them():
    recipe.compile(recipe.load("small.yaml", text=DIGITS))
    spec = recipe.load("small.yaml", ["runtime.precision=bfloat16_products"], text=DIGITS)
    with pytest.raises(RecipeError, match="comes too late") as raised:
        recipe.compile(spec)
    assert [problem.code for problem in raised.value.problems] == ["R671"]


@pytest.mark.parametrize(
    ("override", "instead"),
    [
        ("runtime.precision=bfloat16_products", "runtime.precision: mixed_bfloat16"),
        ("runtime.engine=graph_fused", "runtime.engine: auto"),
        ("runtime.engine=graph", "runtime.engine: auto"),
    ],
)
def test_what_only_tensorflow_does_is_refused_on_jax_before_the_run(override: str, instead: str):
    checked = recipe.check("small.yaml", ["runtime.backend=jax", override], text=DIGITS)
    assert [problem.code for problem in checked.problems] == ["R340"]
    assert instead in checked.problems[0].help
    assert (
        recipe.check("small.yaml", ["runtime.backend=tensorflow", override], text=DIGITS).program is not None
    )


def test_xla_is_not_shared_over_devices():
    overrides = ["runtime.backend=tensorflow", "runtime.strategy=mirrored", "runtime.engine=xla"]
    checked = recipe.check("small.yaml", overrides, text=DIGITS)
    assert [problem.code for problem in checked.problems] == ["R315"]


@pytest.mark.slow
def test_products_in_bfloat16_keep_float32_weights_and_reach_almost_the_same_losses():
    products = fitted("runtime.backend=tensorflow", "runtime.precision=bfloat16_products")
    plain = fitted("runtime.backend=tensorflow")
    assert products["losses"] == pytest.approx(plain["losses"], rel=0.03)


def test_a_command_leaves_out_what_keras_loads_for_others(monkeypatch):
    monkeypatch.setattr(startup, "LEFT_OUT", {"pandas"})
    monkeypatch.setattr(sys, "argv", ["recipe", "--version"])
    with pytest.raises(SystemExit):
        main()
    assert {"pandas", "matplotlib.pyplot", "sklearn"} == startup.LEFT_OUT


COMMAND = """
import sys
from recipe.cli.main import main
sys.argv = ["recipe", "fit", "small.yaml"]
try:
    main()
finally:
    print([name for name in ("pandas", "matplotlib.pyplot", "sklearn") if name in sys.modules])
"""


@pytest.mark.slow
def test_a_command_loads_no_pyplot_and_no_scikit_learn(tmp_path):
    (tmp_path / "small.yaml").write_text(DIGITS)
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", COMMAND]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.slow
def test_a_run_loads_neither_pandas_nor_another_backend():
    pytest.importorskip("jax")
    assert fitted("runtime.backend=tensorflow")["loaded"] == ["tensorflow"]
    assert fitted("runtime.backend=jax")["loaded"] == ["jax"]
