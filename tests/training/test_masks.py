"""Segmentation: a class at each pixel, beside a script that uses Keras alone."""

import os
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest
from PIL import Image

import recipe
from recipe import api
from recipe.diagnostics.problems import RecipeError
from recipe.training.engines import engine
from tests.mask_files import write_masks
from tests.training import scripts
from tests.training.specs import BACKEND

IGNORED = 255
SPEC = """
recipe: 1
name: squares
data:
  source: {images: {path: images, masks: masks}}
  target: {mask: {mask: {ignore: 255}}}
  split: {validation: 4, test: 4}
architecture:
  - Conv2D: {filters: 6, kernel_size: 3, padding: same, activation: relu}
  - head
optimizer: {SGD: {learning_rate: 0.2, momentum: 0.9}}
training: {epochs: 2, batch_size: 8}
runtime: {seed: 5, backend: BACKEND, engine: ENGINE}
""".replace("BACKEND", BACKEND).replace("ENGINE", "graph" if BACKEND == "tensorflow" else "xla")


@pytest.fixture(scope="module", params=[(0, 1), (0, 1, 2)], ids=["two classes", "three classes"])
def values(request: pytest.FixtureRequest) -> tuple[int, ...]:
    found: tuple[int, ...] = request.param
    return found


@pytest.fixture(scope="module")
def squares(values: tuple[int, ...], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("squares")
    write_masks(folder, values)
    return folder


@pytest.fixture(autouse=True)
def beside_the_data(squares: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(squares)
    monkeypatch.setenv("RECIPE_CACHE", str(squares / "cache"))


def spec(*overrides: str) -> recipe.api.Spec:
    return recipe.load("squares.yaml", list(overrides), text=SPEC)


@pytest.fixture(scope="module")
def run(squares: Path) -> recipe.api.Run:
    """One run, which the tests only read."""
    folders = f"{{images: {{path: {squares / 'images'}, masks: {squares / 'masks'}}}}}"
    return recipe.fit(spec(f"data.source={folders}"), folder=squares / "run")


def arrays(part: str) -> tuple[np.ndarray, np.ndarray]:
    """Images in [0, 1] and the classes of their pixels, `(examples, height, width)`."""
    found = recipe.compile(spec()).dataset.splits[part]
    images = np.asarray(found.inputs["input"][:], "float32") / 255
    return images, np.asarray(found.targets["mask"][:]).reshape(images.shape[:3])


def crossentropy(answers: np.ndarray, logits: np.ndarray) -> np.ndarray:
    """The mean over the pixels that have a class, as one would write it."""
    kept = keras.ops.cast(keras.ops.not_equal(answers, IGNORED), "float32")
    right = keras.ops.where(answers == IGNORED, keras.ops.zeros_like(answers), answers)
    if len(logits.shape) == 3:  # Keras leaves out an axis of length 1
        each = keras.ops.binary_crossentropy(right, logits, from_logits=True)
    else:
        each = keras.losses.sparse_categorical_crossentropy(right, logits, from_logits=True)
    return keras.ops.sum(each * kept) / keras.ops.sum(kept)


def test_the_loss_and_the_weights_are_those_of_a_script_that_leaves_ignored_pixels_out(
    run: recipe.api.Run, values: tuple[int, ...]
):
    images, answers = arrays("train")
    units = 1 if len(values) == 2 else len(values)
    model = keras.Sequential(
        [
            keras.Input((16, 16, 3)),
            keras.layers.Conv2D(6, 3, padding="same", activation="relu"),
            keras.layers.Conv2D(units, 1),
        ]
    )
    begun = recipe.compile(spec()).model.get_weights()
    for weight, value in zip(model.weights, begun, strict=True):
        weight.assign(value.reshape(weight.shape))
    model.compile(keras.optimizers.SGD(0.2, momentum=0.9), crossentropy)
    theirs = scripts.fit(model, images, answers, seed=5, epochs=2, batch=8)
    np.testing.assert_allclose(run.history["loss"], theirs["loss"], atol=1e-6)
    scripts.assert_same_weights(run, model)


def test_the_mean_overlap_is_that_of_its_formula_over_all_pixels_with_a_class(
    run: recipe.api.Run, values: tuple[int, ...]
):
    """Of each class, the pixels that are and are said to be, of those that are or are said to be."""
    images, answers = arrays("test")
    logits = np.asarray(run.model(images))
    said = logits[..., 0] >= 0 if len(values) == 2 else logits.argmax(axis=-1)
    kept = answers != IGNORED
    assert not kept.all()
    overlaps = [
        ((said == number) & (answers == number) & kept).sum()
        / (((said == number) | (answers == number)) & kept).sum()
        for number in range(len(values))
    ]
    assert run.test is not None
    assert run.test["mean_iou"] == pytest.approx(np.mean(overlaps), abs=1e-6)
    assert run.test["accuracy"] == pytest.approx((said == answers)[kept].mean(), abs=1e-6)


def test_the_saved_model_takes_bytes_and_says_the_probability_of_every_class_at_every_pixel(
    run: recipe.api.Run, values: tuple[int, ...], squares: Path
):
    model = keras.saving.load_model(squares / "run" / "model.keras")
    images, _ = arrays("test")
    shares = np.asarray(model(np.rint(images * 255).astype(np.uint8)))
    logits = keras.ops.convert_to_tensor(run.model(images))
    two = len(values) == 2
    expected = keras.ops.sigmoid(logits) if two else keras.ops.softmax(logits)
    assert shares.shape == (4, 16, 16, 1 if two else 3)
    np.testing.assert_allclose(shares, expected, atol=1e-5)


def test_predicted_masks_are_files_of_the_size_of_their_images_with_the_values_of_the_training(
    run: recipe.api.Run, values: tuple[int, ...], squares: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(engine, "EVALUATION_BATCH", 10)  # so that they are written in three parts
    images, _ = arrays("test")
    assert run.path is not None
    frame, _ = api.predict(run.path, squares / "images", masks=squares / "said_masks")
    rows = recipe.compile(spec()).dataset.splits["test"].rows
    logits = np.asarray(run.model(images))
    expected = (logits[..., 0] >= 0) if len(values) == 2 else logits.argmax(axis=-1)
    for row, mask in zip(rows, expected, strict=True):
        with Image.open(squares / frame["mask"][row]) as said:
            assert said.mode == "P"
            assert np.array_equal(np.asarray(said), mask)
        assert frame["share of 1"][row] == pytest.approx((mask == 1).mean())
    assert frame["file"].tolist() == [f"{number:03}.jpg" for number in range(24)]


def test_an_image_of_another_size_gets_a_mask_of_its_size(run: recipe.api.Run, squares: Path):
    Image.new("RGB", (40, 20)).save(squares / "wide.png")
    assert run.path is not None
    frame, _ = api.predict(run.path, squares / "wide.png", masks=squares / "wide_masks")
    with Image.open(squares / frame["mask"][0]) as said:
        values = np.asarray(said)
    assert values.shape == (20, 40)
    assert (values[:, :10] == IGNORED).all()  # what was cropped has no class
    assert (values[:, 10:30] != IGNORED).all()


def test_no_mask_replaces_another_and_every_name_can_be_written(run: recipe.api.Run, tmp_path: Path):
    names = ["1.png", "1.bmp", "1.png.gif", os.fsdecode(b"\xff.png")]
    for name in names:
        Image.new("RGB", (16, 16)).save(tmp_path / name)
    assert run.path is not None
    frame, _ = api.predict(run.path, tmp_path, masks=tmp_path / "said")
    assert frame["file"].tolist() == ["1.bmp", "1.png", "1.png.gif", "\\xff.png"]
    assert len([*(tmp_path / "said").iterdir()]) == 4
    frame.to_csv(tmp_path / "said.csv", encoding="utf-8")


def test_masks_that_cannot_be_written_are_told(run: recipe.api.Run, squares: Path, tmp_path: Path):
    (tmp_path / "said_masks").touch()
    assert run.path is not None
    with pytest.raises(RecipeError, match="cannot be written"):
        api.predict(run.path, squares / "images" / "000.jpg", masks=tmp_path / "said_masks")


def test_a_run_keeps_the_confusion_of_its_pixels_and_its_worst_masks_as_pictures(
    run: recipe.api.Run, values: tuple[int, ...], squares: Path
):
    counts = pd.read_csv(squares / "run" / "confusion.csv", index_col=0).to_numpy()
    overlaps = counts.diagonal() / (counts.sum(axis=0) + counts.sum(axis=1) - counts.diagonal())
    assert run.test is not None
    assert len(overlaps) == len(values)
    assert np.mean(overlaps) == pytest.approx(run.test["mean_iou"], abs=1e-6)
    with np.load(squares / "run" / "examples.npz") as worst:
        assert (np.diff(worst["badness"]) <= 0).all()
        assert worst["pictures"].shape == (4, 16, 3 * 16 + 2, 3)
        kept = worst["right"] != IGNORED
        wrong = ((worst["right"] != worst["said"]) & kept).sum() / kept.sum()
        assert wrong == pytest.approx(1 - run.test["accuracy"], abs=1e-6)


def test_a_run_is_measured_on_a_folder_with_images_and_masks(run: recipe.api.Run, squares: Path):
    assert run.path is not None
    (measured, _), (parts, _) = api.evaluate(run.path, squares), api.evaluate(run.path)
    overlaps = [part["mean_iou"] for part in parts.values()]
    assert len(parts) == 3
    assert min(overlaps) <= measured["data"]["mean_iou"] <= max(overlaps)


def test_overlaps_of_more_classes_do_not_fit_two_and_the_reverse(values: tuple[int, ...]):
    two = len(values) == 2
    name, instead = ("MeanIoU: {num_classes: 2}", "BinaryIoU") if two else ("BinaryIoU: {}", "MeanIoU")
    with pytest.raises(RecipeError) as refused:
        recipe.compile(spec(f"metrics=[{{{name}}}]"))
    (problem,) = refused.value.problems
    assert (problem.code, problem.help) == ("R311", f"write `{instead}`")


@pytest.mark.parametrize(
    ("override", "code"),
    [("regularization.mixup=0.2", "R319"), ("loss=Dice", "R319"), ("regularization.cutmix=1.0", "R319")],
)
def test_what_cannot_leave_ignored_pixels_out_is_refused(override: str, code: str):
    with pytest.raises(RecipeError) as refused:
        recipe.compile(spec(override))
    assert [problem.code for problem in refused.value.problems] == [code]


@pytest.mark.parametrize(
    "override",
    [
        "training.class_weight=balanced",
        "training.accumulate=2",
        "regularization.augmentation=[{RandomFlip: horizontal}, {RandomRotation: 0.1}]",
        "loss=OTHER",
    ],
)
def test_what_weighs_moves_or_parts_masks_trains(override: str, values: tuple[int, ...]):
    name = "BinaryFocalCrossentropy" if len(values) == 2 else "SparseCategoricalCrossentropy"
    run = recipe.fit(spec(override.replace("OTHER", name)), keep=False)
    assert np.isfinite(run.history["loss"]).all()
    assert 0 < run.history["mean_iou"].iloc[-1] <= 1
