"""Texts as ids of a preset's tokenizer, compared with KerasHub's own preprocessors."""

import base64
import json

import numpy as np
import pytest

import recipe
from recipe import api
from recipe.data.preset_texts import ids_of
from recipe.diagnostics.problems import RecipeError
from tests.presets import TEXTS, needs_hub, write_bert, write_films

pytestmark = needs_hub

SENTENCES = ["The film was very good", "a badly film", "", "Naïve 日本 film, was it?", "good " * 20]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    write_films(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def found(text=TEXTS):
    spec = api.prepare(recipe.load("spec.yaml", text=text)).spec
    return spec.root["data"]["features"]["text"]["found"]


def cells(sentences=SENTENCES):
    return np.asarray(sentences, dtype=object)


def test_wordpieces_are_those_of_kerashubs_preprocessor(folder):
    from keras_hub import models

    write_bert(folder / "bert")
    for length in (3, 8):
        preprocessor = models.BertTextClassifierPreprocessor.from_preset("./bert", sequence_length=length)
        expected = preprocessor(SENTENCES)["token_ids"]
        np.testing.assert_array_equal(ids_of(cells(), found(), length), np.asarray(expected))


def byte_pairs(folder, kind, specials):
    """A tokenizer of bytes with two merges."""
    from keras_hub import models
    from keras_hub.src.tokenizers.byte_pair_tokenizer import bytes_to_unicode

    _, signs = bytes_to_unicode()
    names = [*specials, *signs, "fi", "lm"]
    tokenizer = getattr(models, kind)(
        vocabulary={name: number for number, name in enumerate(names)}, merges=["f i", "l m"]
    )
    tokenizer.save_to_preset(folder)
    return tokenizer


def test_byte_pairs_are_those_of_kerashubs_preprocessor(folder):
    from keras_hub import models

    byte_pairs(folder / "bert", "RobertaTokenizer", ["<s>", "<pad>", "</s>", "<mask>"])
    models.RobertaBackbone(
        vocabulary_size=262,
        num_layers=1,
        num_heads=2,
        hidden_dim=8,
        intermediate_dim=16,
        max_sequence_length=40,
    ).save_to_preset(folder / "bert")
    preprocessor = models.RobertaTextClassifierPreprocessor.from_preset("./bert", sequence_length=40)
    text = TEXTS.replace("./bert\n", "{preset: ./bert}\n").replace(
        "  - head", "  - GlobalAveragePooling1D\n  - head"
    )
    expected = preprocessor(SENTENCES)
    ids = ids_of(cells(), found(text), 40)
    np.testing.assert_array_equal(ids, np.asarray(expected["token_ids"]))
    network = recipe.compile(recipe.load("spec.yaml", text=text)).program.graph
    mask = network.layer("bert.not_equal").call["x2"]
    np.testing.assert_array_equal(ids != mask, np.asarray(expected["padding_mask"]))


def test_a_tokenizer_without_a_backbone_gives_ids_to_an_embedding(folder):
    write_bert(folder / "bert")
    embedding = '{input_dim: "${data.vocabulary}", output_dim: 4}'
    layers = f"architecture:\n  - Embedding: {embedding}\n  - Flatten\n  - head\n"
    head, tail = TEXTS.split("architecture:")
    text = head + layers + tail[tail.index("optimizer") :]
    assert recipe.compile(recipe.load("spec.yaml", text=text)).model.get_layer("embedding").input_dim == 13


def test_a_vocabulary_beside_a_tokenizer_is_told(folder):
    write_bert(folder / "bert")
    with pytest.raises(RecipeError) as told:
        api.prepare(recipe.load("spec.yaml", text=TEXTS.replace("length: 8", "length: 8, vocabulary: 99")))
    assert [problem.code for problem in told.value.problems] == ["R584"]


def test_a_length_that_start_and_end_fill_is_refused(folder):
    write_bert(folder / "bert")
    with pytest.raises(RecipeError, match="must be above 2, its start and its end. Received: 2"):
        api.prepare(recipe.load("spec.yaml", text=TEXTS.replace("length: 8", "length: 2")))


def test_a_preset_without_a_tokenizer_is_told(folder):
    write_bert(folder / "bert")
    (folder / "bert" / "tokenizer.json").unlink()
    with pytest.raises(RecipeError) as told:
        api.prepare(recipe.load("spec.yaml", text=TEXTS))
    (problem,) = told.value.problems
    assert (problem.code, problem.reason, problem.span.line) == ("R683", "it has no `tokenizer.json`", 5)


def test_a_tokenizer_without_its_files_is_told(folder):
    write_bert(folder / "bert")
    (folder / "bert" / "assets" / "tokenizer" / "vocabulary.txt").unlink()
    with pytest.raises(RecipeError) as told:
        api.prepare(recipe.load("spec.yaml", text=TEXTS))
    assert {problem.code for problem in told.value.problems} == {"R683"}


@pytest.mark.parametrize("kind", ["Backbone", "os", "UnicodeCodepointTokenizerX"])
def test_a_run_folder_that_names_no_tokenizer_builds_nothing(folder, kind):
    write_bert(folder / "bert")
    hostile = {**found(), "kind": kind}
    with pytest.raises(ValueError, match="a tokenizer of KerasHub is expected"):
        ids_of(cells(), hostile, 8)


def test_files_of_a_run_folder_are_written_by_their_own_names_only(folder):
    write_bert(folder / "bert")
    held = json.loads(json.dumps(found()))
    held["assets"]["../canary"] = base64.b64encode(b"x").decode()
    held["config"]["vocabulary"] = "/etc/passwd"
    assert ids_of(cells(["good"]), held, 3).tolist() == [[2, 5, 3]]
    assert not (folder.parent / "canary").exists()


def test_a_script_is_refused_by_name(folder):
    write_bert(folder / "bert")
    with pytest.raises(RecipeError) as told:
        api.eject(recipe.load("spec.yaml", text=TEXTS))
    assert {problem.what for problem in told.value.problems} >= {"`tokenizer`", "`BertBackbone`"}
