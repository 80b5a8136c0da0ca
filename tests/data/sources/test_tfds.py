"""Source `tfds`: a prepared folder is read without TensorFlow; what is not there is told."""

import io
import json
import subprocess
import sys

import numpy as np
import pytest

from recipe.catalog import source_words
from recipe.catalog.leaves import Rejected
from recipe.data.sources import tfds as tfds_module
from recipe.data.sources.tfds import read
from tests.data.plans import source
from tests.data.sources.records import example, framed

pytest.importorskip("tensorflow_datasets")

IMAGES = np.random.default_rng(0).integers(0, 255, (14, 4, 3, 3), dtype=np.uint8)
FEATURES = {
    "age": {
        "pythonClassName": "scalar.Scalar",
        "tensor": {"dtype": "float32", "encoding": "none", "shape": {}},
    },
    "image": {
        "pythonClassName": "image_feature.Image",
        "image": {"dtype": "uint8", "shape": {"dimensions": ["4", "3", "3"]}},
    },
    "label": {"pythonClassName": "class_label_feature.ClassLabel", "classLabel": {"numClasses": "2"}},
    "name": {"pythonClassName": "text_feature.Text", "text": {}},
    "vec": {
        "pythonClassName": "tensor_feature.Tensor",
        "tensor": {"dtype": "int64", "encoding": "none", "shape": {"dimensions": ["2"]}},
    },
}


def png(pixels):
    from PIL import Image

    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG")
    return stream.getvalue()


def message(row):
    return example(
        age=np.float32(row / 2),
        image=png(IMAGES[row]),
        label=row % 2,
        name=f"n{row}".encode(),
        vec=[row, -row],
    )


@pytest.fixture
def prepared(tmp_path):
    """A folder as TensorFlow Datasets prepares it: ten training examples in two files, and four to test."""
    folder = tmp_path / "small" / "1.0.0"
    folder.mkdir(parents=True)
    classes = "tensorflow_datasets.core.features."
    features = {
        name: {**one, "pythonClassName": classes + one["pythonClassName"]} for name, one in FEATURES.items()
    }
    whole = {
        "featuresDict": {"features": features},
        "pythonClassName": f"{classes}features_dict.FeaturesDict",
    }
    template = "{DATASET}-{SPLIT}.{FILEFORMAT}-{SHARD_X_OF_Y}"
    splits = [
        {"name": name, "filepathTemplate": template, "numBytes": "1", "shardLengths": lengths}
        for name, lengths in (("train", ["9", "1"]), ("test", ["4"]))
    ]
    keys = {"tuple": {"items": [{"featureKey": "image"}, {"featureKey": "label"}]}}
    info = {
        "fileFormat": "tfrecord",
        "name": "small",
        "splits": splits,
        "supervisedKeys": keys,
        "version": "1.0.0",
    }
    (folder / "features.json").write_text(json.dumps(whole))
    (folder / "dataset_info.json").write_text(json.dumps(info))
    (folder / "label.labels.txt").write_text("cat\ndog\n")
    for name, rows in (("train.tfrecord-00000-of-00002", range(9)), ("train.tfrecord-00001-of-00002", [9])):
        (folder / f"small-{name}").write_bytes(framed(*map(message, rows)))
    (folder / "small-test.tfrecord-00000-of-00001").write_bytes(framed(*map(message, range(10, 14))))
    return tmp_path


def call(folder, **arguments):
    return source(
        "tfds", **{"name": "small", "split": "train", "data_dir": str(folder), "columns": (), **arguments}
    )


def problems_of(folder, **arguments):
    problems = []
    assert read(call(folder, **arguments), problems) is None
    return problems


def test_a_prepared_set_has_its_images_classes_and_target(prepared):
    problems = []
    table = read(call(prepared), problems)
    assert problems == []
    assert np.array_equal(table.arrays["image"].values, IMAGES[:10])
    assert table.arrays["vec"].values.tolist() == [[row, -row] for row in range(10)]
    assert table.cells["label"].tolist() == ["cat", "dog"] * 5
    assert table.cells["name"].tolist() == [f"n{row}" for row in range(10)]
    assert [float(text) for text in table.cells["age"]] == [row / 2 for row in range(10)]
    assert table.targets == ("label",)
    assert table.places(np.array([9]))[0].file == "small-train.tfrecord-00001-of-00002"


def test_a_share_of_a_part_is_read(prepared):
    table = read(call(prepared, split="train[50%:]", columns=("name",)), [])
    assert table.cells["name"].tolist() == ["n5", "n6", "n7", "n8", "n9"]
    assert table.columns == ("name",)


def test_an_unknown_part_and_an_unknown_feature_are_told(prepared):
    (problem,) = problems_of(prepared, split="tets")
    assert (problem.code, problem.known) == ("R565", ("train", "test"))
    (problem,) = problems_of(prepared, columns=("imgae",))
    assert (problem.code, problem.label) == ("R520", "did you mean `image`?")


def test_a_damaged_file_is_told_with_its_record(prepared):
    path = prepared / "small" / "1.0.0" / "small-train.tfrecord-00000-of-00002"
    path.write_bytes(path.read_bytes()[:-5])
    (problem,) = problems_of(prepared)
    assert (problem.code, problem.record) == ("R566", 8)


def test_an_unknown_set_and_one_that_cannot_be_fetched_are_told(prepared, monkeypatch):
    assert [problem.code for problem in problems_of(prepared, name="no_such_set")] == ["R564"]
    monkeypatch.setattr(tfds_module, "fetch", lambda *_, **__: "no route to host")
    (problem,) = problems_of(prepared, name="mnist")
    assert (problem.code, problem.reason) == ("R564", "no route to host")


@pytest.mark.parametrize(
    "name", ["huggingface:mnist", "somebody:set", "../mnist", "a/../b:c", "Mnist", "https://a"]
)
def test_a_name_that_would_fetch_code_is_no_name(name):
    assert isinstance(source_words.TFDS_NAME.accept(name), Rejected)


@pytest.mark.parametrize("name", ["mnist", "mnist:3.0.1", "glue/cola", "c4/en.noblocklist:3.1.0"])
def test_the_names_of_the_documentation_are_names(name):
    assert source_words.TFDS_NAME.accept(name) == name


def test_without_the_package_the_extra_is_named(prepared, monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorflow_datasets", None)
    assert problems_of(prepared)[0].help == "pip install 'keras-recipe[tfds]'"


@pytest.mark.slow
def test_tensorflow_is_not_loaded(prepared):
    code = (
        "import sys\nfrom tests.data.sources.test_tfds import call, read\n"
        f"print(len(read(call({str(prepared)!r}), [])), 'tensorflow' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["10", "False"]
