"""Source `keras`: what `keras.datasets` loads from its folder; what cannot be fetched is told."""

import gzip
import struct

import numpy as np
import pytest

from recipe.data.sources import fetching
from recipe.data.sources import keras as keras_module
from recipe.data.sources.keras import read
from tests.data.plans import source

IMAGES = np.random.default_rng(0).integers(0, 255, (20, 28, 28), dtype=np.uint8)
LABELS = (np.arange(20) % 10).astype(np.uint8)


def call(name, **arguments):
    return source("keras", **{"name": name, "split": "train", "words": None, "length": None, **arguments})


def problems_of(name, **arguments):
    problems = []
    assert read(call(name, **arguments), problems) is None
    return problems


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A folder of Keras with the four files of Fashion-MNIST."""
    folder = tmp_path / "datasets" / "fashion-mnist"
    folder.mkdir(parents=True)
    for part, rows in (("train", slice(0, 16)), ("t10k", slice(16, 20))):
        images, labels = IMAGES[rows], LABELS[rows]
        head = struct.pack(">IIII", 2051, len(images), 28, 28)
        (folder / f"{part}-images-idx3-ubyte.gz").write_bytes(gzip.compress(head + images.tobytes()))
        head = struct.pack(">II", 2049, len(labels))
        (folder / f"{part}-labels-idx1-ubyte.gz").write_bytes(gzip.compress(head + labels.tobytes()))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    return tmp_path


@pytest.mark.slow
def test_a_set_in_the_folder_of_keras_is_read_by_keras_itself(home):
    problems = []
    table = read(call("fashion_mnist", split="test"), problems)
    assert problems == []
    assert np.array_equal(table.arrays["image"].values, IMAGES[16:])
    assert table.cells["label"].tolist() == [str(label) for label in LABELS[16:]]
    assert table.targets == ("label",)


@pytest.mark.slow
def test_a_set_that_cannot_be_fetched_is_told_with_its_folder(home):
    (problem,) = problems_of("mnist")
    assert problem.code == "R564"
    assert problem.folder == f"{home}/datasets"
    assert "URL fetch failure" in problem.reason


@pytest.fixture
def loaded(monkeypatch):
    """What the other process would have written."""

    def answer(**arrays):
        def write(_task, *, file, **_settings):
            np.savez(file, **arrays)
            return ""

        monkeypatch.setattr(keras_module, "fetch", write)

    return answer


def test_texts_become_ids_with_their_words(loaded):
    index = {"the": 1, "a": 2, "film": 3}
    texts = [[1, 4, 6], [1, 5, 6, 4, 2]]
    loaded(
        x=fetching.padded(texts, 4), y=np.array([0, 1]), words=np.asarray(fetching.named_words(index, None))
    )
    table = read(call("imdb", length=4), [])
    stored = table.arrays["text"]
    said = [" ".join(stored.names[one] for one in row) for row in stored.values]
    assert said == ["<pad> <start> the film", "a film the <unknown>"]


def test_texts_are_padded_and_cut_as_keras_does():
    import keras

    generator = np.random.default_rng(0)
    texts = [generator.integers(1, 9, size).tolist() for size in (1, 5, 9, 3)]
    for length in (None, 4):
        expected = keras.utils.pad_sequences(texts, maxlen=length)
        assert np.array_equal(fetching.padded(texts, length), expected)


def test_columns_of_numbers_have_their_names(loaded):
    x = np.random.default_rng(0).normal(size=(5, 8)).astype(np.float32)
    loaded(x=x, y=np.arange(5.0), columns=np.asarray(fetching._COLUMNS["california_housing"]))
    table = read(call("california_housing"), [])
    assert list(table.cells)[:2] == ["MedInc", "HouseAge"]
    assert list(table.cells)[-1] == "label"
    assert np.array_equal(np.float32([float(text) for text in table.cells["Longitude"]]), x[:, 7])
    assert not table.arrays


@pytest.mark.parametrize("key", ["words", "length"])
def test_what_only_texts_have_is_refused_elsewhere(key):
    (problem,) = problems_of("mnist", **{key: 100})
    assert problem.code == "R205"
    assert "left out for `mnist`" in problem.message


def test_the_reason_of_a_process_that_failed_is_its_last_line():
    assert fetching.fetch("no such task") == "KeyError: 'no such task'"
    assert "unexpected keyword argument" in fetching.fetch("tfds", colour="red")
