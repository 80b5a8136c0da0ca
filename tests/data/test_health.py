"""A look at data says what pandas and NumPy say of the same files."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import recipe
from recipe.api.looking import look

SPEC = """\
recipe: 1
data: {@}
architecture: [{Dense: 3}, head]
optimizer: Adam
training: {epochs: 2}
"""


def seen(data, **given):
    return look(recipe.load("health.yaml", text=SPEC.replace("@", data), **given))


@pytest.fixture
def table(tmp_path, monkeypatch):
    """Forty rows that repeat, with missing cells."""
    monkeypatch.chdir(tmp_path)
    generator = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "size": generator.normal(50, 9, 400).round(3),
            "colour": generator.choice(["red", "green", "blue"], 400, p=[0.6, 0.3, 0.1]),
            "kind": generator.choice(["a", "b"], 400, p=[0.95, 0.05]),
        }
    )
    frame.loc[[3, 5], "size"] = np.nan
    frame = pd.concat([frame, frame.iloc[10:30]], ignore_index=True)
    frame.to_csv("things.csv", index=False)
    return frame


THINGS = "source: {csv: {path: things.csv}}, target: kind, missing: drop"


def columns_of(found):
    return {column.name: column for column in found.health.columns}


def test_columns_are_described_as_pandas_describes_them(table):
    found = columns_of(seen(THINGS))
    kept = table.dropna()
    size, colour, kind = found["size"], found["colour"], found["kind"]
    expected = kept["size"].describe()
    assert (size.missing, size.distinct) == (2, kept["size"].nunique())
    assert (size.spread.smallest, size.spread.mean, size.spread.largest) == pytest.approx(
        (expected["min"], expected["mean"], expected["max"])
    )
    counts, edges = np.histogram(kept["size"], bins=20)
    assert size.distribution.counts == tuple(counts)
    assert size.distribution.edges == pytest.approx(tuple(edges))
    by_name = kept["colour"].value_counts()
    assert dict(zip(colour.distribution.names, colour.distribution.counts, strict=True)) == by_name.to_dict()
    assert dict(zip(kind.classes, kind.counts["train"], strict=True)) == kept["kind"].value_counts().to_dict()
    assert size.reason == "418 of 418 cells are numbers"


def test_classes_are_counted_in_every_part_and_repeated_rows_are_told(table):
    found = seen(f"{THINGS}, split: {{validation: 20%, test: 10%, stratified: true}}")
    kind = columns_of(found)["kind"]
    totals = np.sum([kind.counts[part] for part in ("train", "validation", "test")], axis=0)
    assert dict(zip(kind.classes, totals, strict=True)) == table.dropna()["kind"].value_counts().to_dict()
    assert sum(found.health.repeated.values()) > 0
    assert {problem.code for problem in found.findings} >= {"L504", "L512", "R532"}


def test_samples_are_rows_of_the_file_and_always_the_same(table):
    first, again = seen(THINGS).health.samples, seen(THINGS).health.samples
    assert first == again
    lines = Path("things.csv").read_text(encoding="utf-8").splitlines()
    for sample in first:
        line = lines[int(sample.place.rpartition(" ")[2]) - 1]
        assert ",".join(sample.values.values()) == line


def test_images_are_shown_as_they_are_stored():
    found = seen("source: {bundled: digits}")
    assert len(found.health.pictures) == 48
    (pixels,) = {picture.pixels.shape for picture in found.health.pictures}
    assert pixels == (8, 8)
    assert max(picture.pixels.max() for picture in found.health.pictures) == 255
    assert found.health.samples == ()


def test_texts_of_ids_are_shown_as_text():
    found = seen("source: {bundled: tokens}")
    assert all(len(sample.values["text"]) == 64 for sample in found.health.samples)
    assert any(" the " in sample.values["text"] for sample in found.health.samples)


def test_arrays_of_numbers_have_a_shape_and_a_distribution():
    x = np.random.default_rng(1).normal(size=(60, 5, 2)).astype(np.float32)
    given = {"x": x, "y": np.arange(60) % 3}
    column = columns_of(seen("source: arrays, target: {y: category}", arrays=given))["x"]
    assert column.shape == (5, 2)
    assert column.spread.largest == pytest.approx(float(x.max()))
    assert sum(column.distribution.counts) == x.size
