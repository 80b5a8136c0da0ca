"""`recipe cache` and the word about packing, on a run on images from end to end."""

import json

import pytest

from tests.data.packing.conftest import encoded, noise

SPEC = """\
recipe: 1
name: small-photos
data: {source: {images: {path: photos}}, split: {test: 4, stratified: true}}
architecture: [{Conv2D: {filters: 4, kernel_size: 3, activation: relu}}, GlobalAveragePooling2D, head]
optimizer: Adam
training: {epochs: 2, batch_size: 4}
runtime: {seed: 1, engine: graph}
"""


@pytest.fixture
def photos(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RECIPE_CACHE", str(tmp_path / "cache"))
    for number in range(16):
        path = tmp_path / "photos" / ("cat", "dog")[number % 2] / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encoded(noise(number) // (1 + number % 2)))
    (tmp_path / "mine.yaml").write_text(SPEC)
    return tmp_path


def test_images_are_packed_trained_on_predicted_and_removed(cli, photos):
    fitted = cli("fit", "mine.yaml", "--run", "run")
    assert fitted.code == 0, fitted.err
    assert "packing photos: 16 files" in fitted.err
    said = cli("predict", "run", "photos/cat")
    assert said.code == 0, said.err
    assert said.out.splitlines()[0].startswith("file,prediction,probability of cat")
    assert [line.partition(",")[0] for line in said.out.splitlines()[1:]] == sorted(
        f"{number}.png" for number in range(0, 16, 2)
    )
    measured = json.loads(cli("evaluate", "run", "--data", "photos", "--json").out)
    assert 0 <= measured["data"]["accuracy"] <= 1
    listed = json.loads(cli("cache", "--json").out)
    assert [pack["title"] for pack in listed["packs"]] == ["photos", "cat", "photos"]
    assert cli("cache").out.count("\n") == 4
    assert "removed photos, photos" in cli("cache", "remove", "photos").err
    assert "removed cat" in cli("cache", "limit", "1kB").err
    assert cli("cache").out == ""
    assert cli("cache", "limit", "off").code == 0


def test_a_name_that_no_pack_has_is_told(cli, photos):
    said = cli("cache", "remove", "phtos")
    assert said.code == 6
    assert "R626" in said.err


@pytest.mark.parametrize("words", [("remove",), ("limit",), ("limit", "much"), ("empty",)])
def test_words_that_mean_nothing_are_a_usage_error(cli, photos, words):
    assert cli("cache", *words).code == 2
