"""Presets read: what each holds, and what is refused before anything that it names is built."""

import json
import os
import shutil
from dataclasses import replace

import pytest

import recipe
from recipe import api
from recipe.diagnostics.problems import RecipeError
from recipe.program.saving import from_json, to_json
from tests.presets import IDS, needs_hub, write_bert, write_ids

pytestmark = needs_hub

LAMBDA = {
    "module": "keras.layers",
    "class_name": "Lambda",
    "config": {"function": {"class_name": "__lambda__", "config": {"code": "4wEAAAA="}}},
    "registered_name": None,
}
SYSTEM = {"module": "os", "class_name": "system", "config": "touch canary", "registered_name": None}
BERT = '"class_name": "BertBackbone", "registered_name": "keras_hub>BertBackbone"'
UNREGISTERED = {
    "module": "keras_hub.src.utils.preset_utils",
    "class_name": "load_json",
    "config": {},
    "registered_name": "keras_hub>Other",
}


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    return write_bert(tmp_path_factory.mktemp("presets") / "bert")


@pytest.fixture
def bert(written, tmp_path, monkeypatch):
    """A copy of the preset, beside ids, in the working directory."""
    write_ids(tmp_path)
    monkeypatch.chdir(tmp_path)
    return shutil.copytree(written, tmp_path / "bert")


def change(file, edit):
    held = json.loads(file.read_text())
    edit(held)
    file.write_text(json.dumps(held))


def refused(text=IDS):
    with pytest.raises(RecipeError) as told:
        api.prepare(recipe.load("spec.yaml", text=text))
    (problem,) = told.value.problems
    assert problem.span.line == 8
    return problem


def found(text=IDS):
    root = api.prepare(recipe.load("spec.yaml", text=text)).spec.root
    return root["architecture"]["layers"][0].call["found"]


@pytest.mark.parametrize("part", [LAMBDA, SYSTEM, UNREGISTERED], ids=["lambda", "system", "unregistered"])
@pytest.mark.parametrize("file", ["config.json", "tokenizer.json"])
def test_a_class_of_others_inside_a_configuration_is_refused(bert, file, part):
    change(bert / file, lambda held: held["config"].update(further={"deep": [part]}))
    problem = refused()
    assert (problem.code, problem.file) == ("R684", file)
    assert part["class_name"] in problem.found
    assert not os.path.lexists("canary")


@pytest.mark.parametrize(
    "named",
    [
        {"class_name": "system", "module": "os", "registered_name": "os>system"},
        {"class_name": "Dense", "module": "keras.layers", "registered_name": None},
        {"class_name": "BertTokenizer", "registered_name": "keras_hub>BertTokenizer"},
        {"class_name": "Backbone", "registered_name": "keras_hub>Backbone"},
    ],
    ids=lambda named: named["class_name"],
)
def test_what_is_no_backbone_of_kerashub_is_refused(bert, named):
    change(bert / "config.json", lambda held: held.update(named))
    assert refused().code == "R684"


@pytest.mark.parametrize(("name", "number"), [("num_layers", 10**6), ("hidden_dim", 2**40)])
def test_a_number_that_would_take_all_memory_is_refused(bert, name, number):
    change(bert / "config.json", lambda held: held["config"].update({name: number}))
    assert f"{name}: {number}" in refused().found


def test_a_tokenizer_that_names_a_file_elsewhere_is_refused(bert):
    change(bert / "tokenizer.json", lambda held: held["config"].update(vocabulary="/etc/passwd"))
    assert refused().found == "names a file for `vocabulary`"


def test_quantized_weights_are_refused(bert):
    def quantize(held):
        held["config"]["dtype"] = {
            "module": "keras.dtype_policies",
            "class_name": "DTypePolicyMap",
            "config": {"default_policy": None, "policy_map": {}},
            "registered_name": None,
        }

    change(bert / "config.json", quantize)
    assert "DTypePolicyMap" in refused().found


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "Expecting value"),
        ("[]", "no configuration"),
        ("[" * 100_000, "recursion"),
        (" " * 2**21, "bytes"),
        (f'{{{BERT}, "config": 3}}', "no configuration"),
        (f'{{{BERT}, "config": {{}}}}', "vocabulary_size"),
        (f"{{{BERT}}}", "vocabulary_size"),
        ("{}", "config.json"),
    ],
    ids=["empty", "list", "deep", "large", "number", "nothing", "no config", "no class"],
)
def test_a_configuration_that_is_damaged_is_told(bert, content, reason):
    (bert / "config.json").write_text(content)
    problem = refused()
    assert problem.code == "R683"
    assert reason in problem.reason


def test_what_is_not_there_is_told(bert):
    assert refused(IDS.replace("./bert", "./other")).reason == "there is no such folder"
    assert "no preset of that name" in refused(IDS.replace("./bert", "bert")).reason  # though it lies here
    assert "`bert_tiny_en_uncased`?" in refused(IDS.replace("./bert", "bert_tinny_en_uncased")).reason
    (bert / "config.json").unlink()
    assert refused().reason == "it has no `config.json`"


def test_the_weights_are_read_when_a_run_begins_and_not_before(bert):
    (bert / "model.weights.h5").unlink()
    spec = recipe.load("spec.yaml", text=IDS)
    assert api.plan(spec).parameters > 0
    with pytest.raises(RecipeError) as told:
        recipe.compile(spec)
    assert [problem.code for problem in told.value.problems] == ["R683"]


def test_weights_that_are_damaged_are_told(bert):
    (bert / "model.weights.h5").write_bytes(b"no HDF5")
    with pytest.raises(RecipeError) as told:
        recipe.compile(recipe.load("spec.yaml", text=IDS))
    assert [problem.code for problem in told.value.problems] == ["R683"]


def test_what_was_found_stays_in_the_program(bert):
    held = found()
    assert held["kind"] == "BertBackbone"
    assert held["config"]["num_layers"] == 2
    assert {"name", "dtype", "trainable"}.isdisjoint(held["config"])
    assert held["inputs"] == ("token_ids", "segment_ids", "padding_mask")
    assert held["padding"] == 0


def test_other_weights_have_another_fingerprint(bert):
    before = found()["fingerprint"]
    path = bert / "model.weights.h5"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    assert found()["fingerprint"] != before
    assert found(IDS.replace("./bert", "{preset: ./bert, load_weights: false}"))["fingerprint"] == ""


def test_a_run_folder_that_holds_a_class_of_others_is_refused(bert):
    program = api.prepare(recipe.load("spec.yaml", text=IDS)).program
    content = json.loads(json.dumps(to_json(program)))
    hostile = json.dumps(content).replace(
        '["num_layers", 2]', f'["num_layers", {json.dumps(_encoded(LAMBDA))}]'
    )
    assert hostile != json.dumps(content)
    read = from_json(json.loads(hostile))
    from recipe.compiler.compiling import abstract_network

    with pytest.raises(RecipeError) as told:
        abstract_network(replace(read, facts=program.facts))
    assert [problem.code for problem in told.value.problems] == ["R684"]


def _encoded(value):
    """A mapping as `program.json` has it."""
    if not isinstance(value, dict):
        return value
    return {"type": "mapping", "items": [[name, _encoded(one)] for name, one in value.items()]}
