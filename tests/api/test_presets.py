"""Runs with a preset: they go on, measure and predict without it, and not with another one."""

import base64
import json
import shutil
import subprocess
import sys

import keras
import numpy as np
import pytest

import recipe
from recipe import api
from recipe.api import FitOptions
from recipe.diagnostics.problems import RecipeError
from recipe.program.saving import read_program
from recipe.training.restoring import restore
from tests.api.runs import StopAfter, StoppedError, weights
from tests.presets import (
    DIGITS,
    IDS,
    TEXTS,
    WORDS,
    needs_hub,
    write_bert,
    write_films,
    write_ids,
    write_resnet,
)

pytestmark = needs_hub

GRAPH = IDS.replace("seed: 1", "seed: 1, engine: graph")
ALONE = """
import keras, keras_hub, numpy, sys
model = keras.saving.load_model(sys.argv[1], compile=False)
numpy.save(sys.argv[3], model(numpy.load(sys.argv[2])["x"]))
assert not any(name.partition(".")[0] == "recipe" for name in sys.modules)
"""


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    return write_bert(tmp_path_factory.mktemp("presets") / "bert")


@pytest.fixture
def bert(written, tmp_path, monkeypatch):
    write_ids(tmp_path)
    monkeypatch.chdir(tmp_path)
    return shutil.copytree(written, tmp_path / "bert")


def train(run, text=GRAPH, **options):
    prepared = api.prepare(recipe.load("spec.yaml", text=text))
    return api.fit_prepared(prepared, FitOptions(folder=run, **options))


def test_a_run_goes_on_and_is_used_when_its_preset_is_gone(bert, tmp_path):
    whole, stopped = tmp_path / "whole", tmp_path / "stopped"
    train(whole)
    with pytest.raises(StoppedError):
        train(stopped, callbacks=[StopAfter(3)])
    bert.rename(tmp_path / "elsewhere")
    api.resume(stopped)
    assert weights(stopped) == weights(whole)
    assert api.evaluate(stopped) == api.evaluate(whole)
    answers = tmp_path / "answers.npy"
    subprocess.run([sys.executable, "-c", ALONE, stopped / "model.keras", "ids.npz", answers], check=True)
    network = restore(stopped, read_program(stopped)).compiled.model
    expected = keras.ops.softmax(network(np.load("ids.npz")["x"]))
    np.testing.assert_allclose(np.load(answers), np.asarray(expected), atol=1e-6)


def test_another_preset_is_another_run(bert, tmp_path):
    run = tmp_path / "run"
    train(run)
    file = bert / "config.json"
    held = json.loads(file.read_text())
    held["config"]["dropout"] = 0.3
    file.write_text(json.dumps(held))
    with pytest.raises(RecipeError) as told:
        train(run)
    (problem,) = told.value.problems
    (change,) = problem.changes
    assert change.path == "architecture.layers.0.Backbone.found.config.dropout"
    assert (change.before, change.after) == ("0.1", "0.3")


def test_a_preset_that_was_moved_is_the_same(bert, tmp_path):
    run = tmp_path / "run"
    train(run)
    bert.rename(tmp_path / "moved")
    prepared = api.prepare(recipe.load("spec.yaml", text=GRAPH.replace("./bert", "./moved")))
    assert api.meet(prepared, FitOptions(folder=run)).finished


def test_what_is_frozen_keeps_the_weights_of_the_preset(tmp_path, monkeypatch):
    from keras_hub import models

    monkeypatch.chdir(tmp_path)
    write_resnet(tmp_path / "resnet")
    groups = "optimizer:\n  Adam: {learning_rate: 1e-2}\n  groups: [{match: 'resnet/*', freeze: true}]\n"
    done = train(tmp_path / "run", DIGITS.replace("optimizer: {Adam: {learning_rate: 1e-3}}\n", groups))
    trained = done.model.get_layer("resnet")
    for one, other in zip(trained.weights, models.Backbone.from_preset("./resnet").weights, strict=True):
        np.testing.assert_array_equal(np.asarray(one), np.asarray(other))
    assert [weight.path for weight in done.model.trainable_weights] == ["head/kernel", "head/bias"]


def test_texts_are_read_by_the_tokenizer_of_a_run_whose_preset_is_gone(bert, tmp_path):
    write_films(tmp_path)
    run = tmp_path / "run"
    train(run, TEXTS)
    bert.rename(tmp_path / "elsewhere")
    (tmp_path / "new.csv").write_text("text\na film was good\nThe film was very bad\n")
    answers, told = api.predict(run, tmp_path / "new.csv")
    assert answers["prediction"].tolist() == ["yes", "no"]
    assert told == ()
    assert api.evaluate(run)[0]["train"]["accuracy"] == 1.0
    saved = keras.saving.load_model(run / "model.keras", compile=False)
    ids = np.asarray([[2, 8, 7, 10, 5, 3], [2, 9, 7, 10, 6, 3]])  # [CLS] a film was good [SEP], and a bad one
    assert np.asarray(saved({"text": ids})).argmax(axis=-1).tolist() == [1, 0]


def test_the_vocabulary_of_a_tokenizer_stands_in_a_run_folder_once(bert, tmp_path):
    write_films(tmp_path)
    vocabulary = bert / "assets" / "tokenizer" / "vocabulary.txt"
    words = [*WORDS[:5], *(word * 30 for word in WORDS[5:])]
    vocabulary.write_text("".join(f"{word}\n" for word in words))
    run = tmp_path / "run"
    train(run, TEXTS.replace("epochs: 30", "epochs: 1"))
    assert (run / "program.json").read_text().count(base64.b64encode(vocabulary.read_bytes()).decode()) == 1


def test_another_tokenizer_is_another_run(bert, tmp_path):
    write_films(tmp_path)
    run = tmp_path / "run"
    train(run, TEXTS)
    file = bert / "assets" / "tokenizer" / "vocabulary.txt"
    file.write_text(file.read_text().replace("good\nbad", "bad\ngood"))
    with pytest.raises(RecipeError) as told:
        train(run, TEXTS)
    text = str(told.value)
    assert "found.assets.vocabulary.txt" in text
    assert len(text) < 5_000


def test_a_look_at_texts_of_a_preset(bert, tmp_path):
    write_films(tmp_path)
    assert api.look(recipe.load("spec.yaml", text=TEXTS)).health is not None
