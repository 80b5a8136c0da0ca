"""Source `huggingface`: what `save_to_disk` saved and what local files hold, without a network."""

import sys

import numpy as np
import pytest

import recipe
from recipe.data.sources.huggingface import read
from tests.data.plans import source

datasets = pytest.importorskip("datasets")

IMAGES = np.random.default_rng(0).integers(0, 255, (12, 5, 4, 3), dtype=np.uint8)


def call(**arguments):
    defaults = {"name": None, "path": None, "config": None, "split": "train", "columns": ()}
    return source("huggingface", **{**defaults, **arguments})


def problems_of(**arguments):
    problems = []
    assert read(call(**arguments), problems) is None
    return problems


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A data set of images with names of classes, in two parts, on the disk."""
    from PIL import Image

    features = datasets.Features(
        {
            "image": datasets.Image(),
            "label": datasets.ClassLabel(names=["cat", "dog"]),
            "age": datasets.Value("int32"),
        }
    )
    rows = {
        "image": [Image.fromarray(image) for image in IMAGES],
        "label": [row % 2 for row in range(12)],
        "age": list(range(12)),
    }
    whole = datasets.Dataset.from_dict(rows, features=features)
    path = tmp_path_factory.mktemp("hub") / "animals"
    datasets.DatasetDict(
        {"train": whole.select(range(2, 12)).shuffle(seed=1), "test": whole.select(range(2))}
    ).save_to_disk(path)
    return path


def test_a_saved_data_set_has_its_images_and_the_names_of_its_classes(saved):
    problems = []
    table = read(call(path=str(saved)), problems)
    assert problems == []
    expected = datasets.load_from_disk(str(saved))["train"]
    assert np.array_equal(
        table.arrays["image"].values, np.stack([np.asarray(row["image"]) for row in expected])
    )
    assert table.cells["label"].tolist() == [["cat", "dog"][row["label"]] for row in expected]
    assert table.cells["age"].tolist() == [str(row["age"]) for row in expected]
    assert table.targets == ("label",)


def test_the_spec_reads_both_parts(saved):
    text = f"""\
recipe: 1
data:
  train: {{huggingface: {{path: {saved}, columns: [image, label]}}}}
  test: {{huggingface: {{path: {saved}, split: test, columns: [image, label]}}}}
architecture: [Flatten, head]
optimizer: Adam
training: {{epochs: 1}}
"""
    facts = recipe.api.prepare(recipe.load("hub.yaml", text=text)).program.facts
    assert facts.examples == {"train": 10, "test": 2}
    assert facts.targets[0].classes == ("cat", "dog")


def test_local_files_of_a_format_of_the_hub_are_read(tmp_path):
    (tmp_path / "rows.jsonl").write_text('{"a": 1, "label": "x"}\n{"a": 2, "label": "y"}\n')
    table = read(call(name=str(tmp_path)), [])
    assert {name: cells.tolist() for name, cells in table.cells.items()} == {
        "a": ["1", "2"],
        "label": ["x", "y"],
    }


def test_an_unknown_part_names_those_there_are(saved):
    (problem,) = problems_of(path=str(saved), split="tets")
    assert (problem.code, problem.label, problem.known) == ("R565", "did you mean `test`?", ("train", "test"))


def test_an_unknown_column_is_told(saved):
    (problem,) = problems_of(path=str(saved), columns=("labl",))
    assert (problem.code, problem.label) == ("R520", "did you mean `label`?")


def test_a_folder_that_is_not_there_and_one_without_a_data_set_are_told(tmp_path):
    assert problems_of(path=str(tmp_path / "absent"))[0].code == "R501"
    assert problems_of(path=str(tmp_path))[0].code == "R564"


def test_a_name_that_cannot_be_fetched_is_told(monkeypatch):
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", True)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    (problem,) = problems_of(name="nobody/no-such-data-set")
    assert (problem.code, problem.name) == ("R564", "nobody/no-such-data-set")


@pytest.mark.parametrize("arguments", [{}, {"name": "a/b", "path": "c"}])
def test_one_of_name_and_path_is_needed(arguments):
    assert [problem.code for problem in problems_of(**arguments)] == ["R569"]


def test_without_the_package_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "datasets", None)
    assert problems_of(name="a/b")[0].help == "pip install 'keras-recipe[huggingface]'"
