"""`engine: per_core`: parts of a batch side by side are the batch, within rounding."""

import json
import subprocess
import sys

import numpy as np
import pytest

import recipe
from recipe.program.machines import usable_cores
from tests.training.specs import BACKEND, DIGITS

pytestmark = pytest.mark.skipif(BACKEND != "tensorflow", reason="JAX has one way to execute a block")

CONVOLUTIONS = DIGITS.replace(
    "  - Flatten\n",
    "  - Conv2D: {filters: 8, kernel_size: 3, activation: relu, kernel_regularizer: {L2: 0.01}}\n"
    "  - Dropout: 0.3\n  - Flatten\n",
).replace("epochs: 2", "steps: 5")
RECURRENT = CONVOLUTIONS.replace("  - Flatten\n", "  - Reshape: [36, 8]\n  - LSTM: 8\n")
RESIDUAL = CONVOLUTIONS.replace(
    "  - Dropout: 0.3\n",
    "  - residual: {body: [{Conv2D: {filters: 4, kernel_size: 1}}], shortcut: project, drop_path: 0.4}\n",
)
WEIGHTED = CONVOLUTIONS.replace("batch_size: 64", "batch_size: 64, class_weight: balanced")
ACCUMULATED = CONVOLUTIONS.replace("batch_size: 64", "batch_size: 60, accumulate: 4")
# 1,497 examples in batches of 200: the last of an epoch has 97, and 97 = 33 + 33 + 31.
UNEVEN = CONVOLUTIONS.replace("steps: 5", "epochs: 1").replace("batch_size: 64", "batch_size: 200")
WORDS = """
recipe: 1
name: words
data:
  source: {csv: words.csv}
  target: {label: category}
  features: {words: {text: {length: 12, vocabulary: 50}}}
architecture:
  - Embedding: {input_dim: "${data.vocabulary}", output_dim: 8}
  - residual: [{MultiHeadAttention: {num_heads: 2, key_dim: 4, dropout: 0.2}}]
  - GlobalAveragePooling1D
  - head
optimizer: {Adam: {learning_rate: 0.01}}
training: {steps: 6, batch_size: 16}
runtime: {seed: 3}
"""


def trained(text: str, engine: str, name: str = "small.yaml"):
    return recipe.fit(recipe.load(name, [f"runtime.engine={engine}"], text=text), keep=False)


@pytest.fixture(autouse=True)
def cores(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three parts of a batch; operations keep the threads that they have in this process."""
    from recipe.training.engines import tensorflow

    monkeypatch.setattr(tensorflow, "usable_cores", lambda: 3)
    monkeypatch.setenv("TF_NUM_INTRAOP_THREADS", "2")


def assert_alike(one, other, tolerance: float = 1e-5) -> None:
    for found, expected in zip(one.outcome.rows, other.outcome.rows, strict=True):
        assert found.logs == pytest.approx(expected.logs, abs=tolerance)
    assert one.test == pytest.approx(other.test, abs=tolerance)
    for found, expected in zip(one.model.get_weights(), other.model.get_weights(), strict=True):
        np.testing.assert_allclose(found, expected, rtol=0, atol=tolerance)


@pytest.mark.parametrize(
    "text",
    [
        CONVOLUTIONS,
        pytest.param(RECURRENT, marks=pytest.mark.slow),
        RESIDUAL,
        WEIGHTED,
        ACCUMULATED,
        UNEVEN,
    ],
)
def test_a_run_in_parts_is_the_run(text: str):
    assert_alike(trained(text, "per_core"), trained(text, "graph"))


def test_rows_of_an_embedding_are_updated_as_keras_updates_them(tmp_path):
    """Adam squares the gradient of a row for each occurrence of its word, and not the sum over a part."""
    random = np.random.default_rng(0)
    rows = [f"{' '.join(random.choice(list('abcdefgh'), 12))},{'xy'[i % 2]}" for i in range(120)]
    (tmp_path / "words.csv").write_text("\n".join(["words,label", *rows]))
    path = str(tmp_path / "words.yaml")
    assert_alike(trained(WORDS, "per_core", path), trained(WORDS, "graph", path))


def test_the_bits_repeat():
    one, other = (trained(CONVOLUTIONS, "per_core").model.get_weights() for _ in range(2))
    for found, expected in zip(one, other, strict=True):
        np.testing.assert_array_equal(found, expected)


@pytest.mark.skipif(usable_cores() == 1, reason="there is one core")
@pytest.mark.parametrize(
    ("text", "overrides", "engine", "threads"),
    [
        (CONVOLUTIONS, [], "per_core", "1"),
        pytest.param(CONVOLUTIONS, ["--set", "runtime.engine=graph"], "graph", None, marks=pytest.mark.slow),
        (DIGITS.replace("epochs: 2", "steps: 5"), [], "graph", "1"),
    ],
)
def test_a_command_gives_operations_one_core_each_where_parts_run_side_by_side_or_products_are_small(
    tmp_path, monkeypatch, text, overrides, engine, threads
):
    monkeypatch.delenv("TF_NUM_INTRAOP_THREADS")
    (tmp_path / "small.yaml").write_text(text)
    command = [sys.executable, "-m", "recipe.cli.main", "fit", "small.yaml", "--run", "run", *overrides]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    written = json.loads((tmp_path / "run" / "environment.json").read_text())
    assert written["engine"] == engine
    assert written["variables"].get("TF_NUM_INTRAOP_THREADS") == threads


@pytest.mark.skipif(usable_cores() == 1, reason="there is one core")
def test_a_run_that_a_program_began_goes_on_by_a_command_with_the_threads_that_it_had(tmp_path, monkeypatch):
    monkeypatch.delenv("TF_NUM_INTRAOP_THREADS")
    (tmp_path / "small.yaml").write_text(CONVOLUTIONS)
    recipe.fit(tmp_path / "small.yaml", folder=tmp_path / "run")
    command = [sys.executable, "-m", "recipe.cli.main", "fit", "small.yaml", "--run", "run"]
    subprocess.run([*command, "--set", "training.steps=8"], cwd=tmp_path, check=True, capture_output=True)
    written = json.loads((tmp_path / "run" / "environment.json").read_text())
    assert "TF_NUM_INTRAOP_THREADS" not in written["variables"]
    assert json.loads((tmp_path / "run" / "status.json").read_text())["step"] == 8
