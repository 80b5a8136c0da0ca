"""A printed script trains the weights that `recipe fit` trains."""

import ast
import os
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import numpy as np
import pytest

import recipe
from recipe import api
from recipe.diagnostics.problems import RecipeError
from tests.eject.running import differing

SPECS = Path(__file__).parents[2] / "specs"
DATA = Path(__file__).parents[3] / "shared" / "data"

NPZ = """
recipe: 1
name: stored
data:
  train: {npz: {path: images.npz, features: x_train, target: y_train}}
  test: {npz: {path: images.npz, features: x_test, target: y_test}}
  split: {validation: 12}
architecture:
  - Conv2D: {filters: 4, kernel_size: 3}
  - Flatten
  - Dropout: 0.3
  - head
optimizer: {SGD: {learning_rate: 0.1, momentum: 0.9, nesterov: true}}
schedule: [{linear: {from: 0%, for: 1 epochs}}, {cosine: {to: 1%}}]
regularization: {weight_decay: {value: 1e-3, exclude: ["head/*"]}}
training: {epochs: 3, batch_size: 16}
runtime: {engine: graph, seed: 5}
"""

CSV = """
recipe: 1
name: flats
data:
  source: {csv: {path: flats.csv, separator: ";"}}
  target: price
  missing: drop
  split: {validation: 15%, test: 10}
architecture:
  - Dense: {units: 8, activation: relu}
  - head
loss: MeanSquaredError
optimizer: Adam
schedule: {ExponentialDecay: {initial_learning_rate: 0.01, decay_steps: 5, decay_rate: 0.9}}
training: {epochs: 4, batch_size: 16}
runtime: {engine: graph}
"""

STEPS = """
recipe: 1
name: steps
data:
  source: {csv: {path: steps.csv}}
  target: TARGET
  features: {seen: {sequence: 6}}
  split: {validation: 20%}
architecture:
  - Embedding: {input_dim: "${data.vocabulary}", output_dim: 4, mask_zero: true}
  - GRU: {units: 4, return_sequences: true}
  - head
metrics: [accuracy]
optimizer: Adam
training: {epochs: 2, batch_size: 16}
runtime: {engine: graph}
"""

WIRED = """
recipe: 1
name: wired
data: {source: {bundled: digits}, split: {test: 30%}}
architecture:
  - Reshape: {target_shape: [8, 8]}
    as: rows
  - Dense: {units: 8, use_bias: false}
    as: shared
  - MultiHeadAttention: {num_heads: 2, key_dim: 4}
    as: attended
  - reuse: shared
  - op: {flip: {axis: 1}}
  - LSTM: {units: 6, return_state: true}
    as: [last, hidden, cell]
  - Bidirectional: {LSTM: 3}
    from: attended
    as: both
  - Concatenate:
    from: [both, hidden, cell]
  - head
optimizer: {SGD: {learning_rate: 0.1}}
training: {epochs: 1, batch_size: 64}
runtime: {engine: graph}
"""

TEXT = """
recipe: 1
name: verses
extends: gpt
vars: {depth: 1, width: 8, heads: 2, context: 8}
data:
  source: {corpus: {path: verses.txt, tokens: characters, context: 8}}
  target: {tokens: next}
  split: {validation: 20%}
optimizer: {AdamW: {learning_rate: 0.01}}
training: {epochs: 3, batch_size: 16}
runtime: {engine: graph, seed: 3}
"""

FIRST_EPOCHS = {"digits-cnn": 1, "penguins-mlp": 3}


def test_the_first_epochs_of_scripts_are_those_of_the_runs_bit_for_bit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    Path("verses.txt").write_text("to be or not to be, that is the question\n" * 20)
    specs = [
        recipe.load(SPECS / f"{name}.yaml", [f"training.epochs={epochs}", "runtime.engine=graph"])
        for name, epochs in FIRST_EPOCHS.items()
    ]
    specs += [api.load("verses.yaml", text=TEXT)]
    assert differing(tmp_path, *specs) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", ["xor", "digits-mlp", *FIRST_EPOCHS])
def test_a_script_agrees_to_the_last_epoch_bit_for_bit(name: str, tmp_path: Path):
    spec = recipe.load(SPECS / f"{name}.yaml", ["runtime.engine=graph"])
    assert differing(tmp_path, spec) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "files", "chosen"),
    [
        ("california-mlp", {"source.csv": "california_housing.csv.gz"}, ()),
        ("adult-mlp", {"train.csv": "adult_train.csv.gz", "test.csv": "adult_test.csv.gz"}, ()),
        ("flights-mlp", {"source.csv": "nycflights13_sample60k.csv.gz"}, ()),
        ("titanic-mlp", {"source.csv": "titanic_1309.csv"}, ("data.split.fold=2",)),
        ("brown-words", {"source.csv": "brown_genre_sentences.csv.gz"}, ()),
        (
            "shakespeare-gpt",
            {"source.corpus": "tinyshakespeare.txt"},
            ("vars={depth: 2, width: 32}", "training.batch_size=64"),
        ),
        ("etth1-nlinear", {"source.series": "ETTh1.csv"}, ()),
        ("mnist-mlp", {"train.npz": "mnist.npz", "test.npz": "mnist.npz"}, ()),
        ("mnist-mlp-augmented", {"train.npz": "mnist.npz", "test.npz": "mnist.npz"}, ()),
        ("osuleaf-fcn", {"train.npz": "ucr_ts.npz", "test.npz": "ucr_ts.npz"}, ()),
    ],
)
def test_the_first_epoch_of_a_script_on_real_data_is_that_of_the_run_bit_for_bit(
    name: str, files: dict[str, str], chosen: tuple[str, ...], tmp_path: Path
):
    absent = [file for file in files.values() if not (DATA / file).is_file()]
    if absent:
        pytest.skip(f"{absent[0]} is not in {DATA}")
    paths = [f"data.{source}.path={DATA / file}" for source, file in files.items()]
    overrides = [*paths, *chosen, "training.epochs=1", "runtime.engine=graph"]
    assert differing(tmp_path, recipe.load(SPECS / f"{name}.yaml", overrides)) == []


@pytest.mark.slow
def test_the_first_steps_of_a_residual_network_are_those_of_the_run_bit_for_bit(tmp_path: Path):
    stored = DATA / "fashion_mnist.npz"
    if not stored.is_file():
        pytest.skip(f"{stored.name} is not in {DATA}")
    with np.load(stored) as arrays:
        np.savez(tmp_path / "share.npz", **{name: arrays[name][:400] for name in arrays.files})
    paths = [f"data.{part}.npz.path={tmp_path / 'share.npz'}" for part in ("train", "test")]
    overrides = [*paths, "training={epochs: 1, batch_size: 64}", "runtime.engine=graph"]
    spec = recipe.load(SPECS / "fashion-resnet.yaml", overrides)
    plain = recipe.load(SPECS / "fashion-resnet.yaml", [*overrides, "regularization.augmentation=off"])
    assert differing(tmp_path, spec) == []
    assert differing(tmp_path, plain) == []


@pytest.mark.slow
def test_the_first_epoch_of_a_script_on_images_is_that_of_the_run_bit_for_bit(tmp_path: Path):
    packed = DATA / "tuxpaint_stamps96.tar.gz"
    if not packed.is_file():
        pytest.skip(f"{packed.name} is not in {DATA}")
    with tarfile.open(packed) as archive:
        archive.extractall(tmp_path / "images", filter="data")
    found = next(path for path in (tmp_path / "images").rglob("*.jpg")).parents[1]
    overrides = [f"data.source.images.path={found}", "training.epochs=1", "runtime.engine=graph"]
    assert differing(tmp_path, recipe.load(SPECS / "tuxpaint-cnn.yaml", overrides)) == []


@pytest.mark.slow
def test_the_first_epochs_of_a_script_on_a_share_of_cifar10_are_those_of_the_run_bit_for_bit(tmp_path: Path):
    packed = DATA / "cifar10_jpg.tar.gz"
    if not packed.is_file():
        pytest.skip(f"{packed.name} is not in {DATA}")
    with tarfile.open(packed) as archive:
        images = [one for one in archive if one.name.endswith(".jpg")]
        archive.extractall(tmp_path / "cifar10", images[::40], filter="data")
    found = {path.parents[1].name: path.parents[1] for path in (tmp_path / "cifar10").rglob("*.jpg")}
    paths = [f"data.{part}.images.path={found[part]}" for part in ("train", "test")]
    overrides = [*paths, "training.epochs=2", "runtime.engine=graph"]
    assert differing(tmp_path, recipe.load(SPECS / "cifar10-cnn.yaml", overrides)) == []


@pytest.mark.slow
def test_a_script_reads_the_arrays_of_each_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    generator = np.random.default_rng(1)
    arrays = {
        f"{kind}_{part}": generator.integers(0, most, shape, dtype=np.uint8)
        for part, count in (("train", 75), ("test", 20))
        for kind, most, shape in (("x", 256, (count, 6, 6)), ("y", 3, (count,)))
    }
    np.savez(tmp_path / "images.npz", **arrays)
    spec = api.load("stored.yaml", text=NPZ)
    assert differing(tmp_path, spec) == []


@pytest.mark.slow
def test_a_script_encodes_a_table_as_the_run_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    generator = np.random.default_rng(2)
    lines = ["size;rooms;lift;quarter;price"]
    for row in range(120):
        size, rooms = generator.uniform(20, 200), generator.integers(1, 6)
        quarter = ("north", " South", "10.0", "9")[row % 4]
        cells = ("NA" if row == 7 else f"{size:.7f}", rooms, row % 2, quarter, f"{size * 0.031 + rooms:.5f}")
        lines.append(";".join(map(str, cells)))
    (tmp_path / "flats.csv").write_text("\n".join(lines) + "\n")
    assert differing(tmp_path, api.load("flats.yaml", text=CSV)) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "target",
    ["{said: {sequence: 6}}", "{said: {sequence: {length: 6, of: number}}}", '{said: {labels: " "}}'],
)
def test_a_script_of_steps_or_labels_measures_what_the_run_does(
    target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    generator = np.random.default_rng(6)
    seen = [generator.choice(list("abc"), generator.integers(2, 9)) for _ in range(100)]
    said = [np.where(np.cumsum(row == "a") % 2, "odd", "even") for row in seen]
    if "number" in target:
        said = [np.cumsum(row == "a").astype(str) for row in seen]
    lines = [f"{' '.join(row)},{' '.join(answers)}" for row, answers in zip(seen, said, strict=True)]
    (tmp_path / "steps.csv").write_text("\n".join(["seen,said", *lines]) + "\n")
    text = STEPS.replace("TARGET", target)
    if "number" in target:
        text = text.replace("[accuracy]", "[mae, R2Score]")
    if "labels" in target:
        text = text.replace(", return_sequences: true", "")
        text = text.replace("[accuracy]", "[{F1Score: {average: macro}}]")
    assert differing(tmp_path, api.load("steps.yaml", text=text)) == []


@pytest.mark.slow
def test_a_script_shares_layers_and_calls_operations(tmp_path: Path):
    assert differing(tmp_path, api.load("wired.yaml", text=WIRED)) == []


@pytest.mark.slow
def test_products_are_settled_before_tensorflow_is_imported():
    command = "import sys; from recipe.cli.main import run; run(sys.argv[1:])"
    arguments = ["eject", str(SPECS / "xor.yaml"), "--set", "runtime.precision=bfloat16_products"]
    done = subprocess.run(
        [sys.executable, "-c", command, *arguments], capture_output=True, text=True, check=True
    )
    before, _, after = done.stdout.partition('os.environ["TF_SET_ONEDNN_FPMATH_MODE"] = "BF16"')
    assert "import keras" not in before
    assert "import keras" in after


@pytest.mark.parametrize("name", ["xor", "digits-cnn", "penguins-mlp"])
def test_a_script_is_formatted_and_imports_no_recipe(name: str, tmp_path: Path):
    text = api.eject(recipe.load(SPECS / f"{name}.yaml"))
    imported = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Import | ast.ImportFrom)]
    assert imported
    assert not [one for one in map(ast.unparse, imported) if one.startswith(("import recipe", "from recipe"))]
    ruff = shutil.which("ruff", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if ruff is None:
        pytest.skip("ruff is not installed")
    (tmp_path / "script.py").write_text(text)
    for arguments in (["format", "--check"], ["check"]):
        command = [ruff, *arguments, "--isolated", "--line-length", "110", "script.py"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("override", "path"),
    [
        ("init={weights: runs/earlier}", "init.weights"),
        ("data.missing=drop", "data.missing"),
        ("training.time=5 minutes", "training.time"),
        ("training.accumulate=2", "training.accumulate"),
    ],
)
def test_what_no_script_says_is_refused_at_its_part(override: str, path: str):
    spec = recipe.load(SPECS / "digits-mlp.yaml", [override])
    with pytest.raises(RecipeError) as refused:
        api.eject(spec)
    (problem,) = refused.value.problems
    assert (problem.code, getattr(problem, "path", "")) == ("R346", path)
    ways = re.findall(r"`--set (\S+)`", problem.help)
    assert not ways or api.eject(recipe.load(SPECS / "digits-mlp.yaml", [override, *ways]))


def test_a_generated_set_is_refused():
    text = """
recipe: 1
name: waves
data: {source: {bundled: series}, split: {test: 20%}}
architecture: [{LSTM: 4}, head]
optimizer: Adam
training: {epochs: 1, batch_size: 64}
"""
    with pytest.raises(RecipeError) as refused:
        api.eject(api.load("waves.yaml", text=text))
    assert [getattr(one, "path", "") for one in refused.value.problems] == ["data.source", "data.target"]


@pytest.mark.slow
def test_a_script_that_clips_and_ends_epochs_with_odd_batches_agrees_bit_for_bit(tmp_path: Path):
    overrides = [
        "training={epochs: 20, batch_size: 37}",
        "runtime.engine=graph",
        "regularization.gradient_clip=0.5",
    ]
    assert differing(tmp_path, recipe.load(SPECS / "digits-mlp.yaml", overrides)) == []


@pytest.mark.parametrize(
    ("written", "what"),
    [
        ('{path: flats.csv, separator: ";", decimal: ","}', "`decimal`"),
        ('{path: "fl*.csv", separator: ";"}', "several files"),
        ('{path: [flats.csv, flats.csv], separator: ";"}', "several files"),
    ],
)
def test_a_table_that_is_written_in_a_way_that_no_script_reads_is_refused(
    written: str, what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    rows = [f"{size};{size * 3}" for size in range(40)]
    (tmp_path / "flats.csv").write_text("\n".join(("size;price", *rows)) + "\n")
    text = CSV.replace('{path: flats.csv, separator: ";"}', written)
    with pytest.raises(RecipeError) as refused:
        api.eject(recipe.load("flats.yaml", text=text, overrides=["data.features={size: number}"]))
    assert [getattr(one, "what", "") for one in refused.value.problems] == [what]
