"""Presets of KerasHub in a Program: what is found in them stays, and decides what they are fed."""

import importlib.util

import pytest

import recipe
from recipe.catalog.calls import calls_in
from recipe.diagnostics.problems import RecipeError
from recipe.program.backbones import Found, feed_backbones, found_in, held
from recipe.program.calling import BACKBONE
from recipe.program.graphs import Wire
from recipe.program.presets import FOUND, has_presets, with_found
from recipe.program.saving import from_json, to_json
from recipe.program.wiring import wire
from tests.presets import IDS

BERT = Found(
    kind="BertBackbone",
    config={"num_layers": 2, "shape": (None, 3)},
    inputs=("token_ids", "segment_ids", "padding_mask"),
    outputs=("sequence_output", "pooled_output"),
    fingerprint="ab",
    padding=1,
)
RESNET = Found("ResNetBackbone", {}, ("images",), (), "", scale=(0.5, 0.25), offset=(-1.0, -2.0))


def spec_of(text=IDS):
    return recipe.load("spec.yaml", text=text)


def layers_of(found, text=IDS, precision="float32", problems=None):
    architecture = with_found(spec_of(text).root, lambda call: held(found))["architecture"]
    graph = wire(architecture, ("input",), ("y",), None, [])
    return feed_backbones(graph, precision, [] if problems is None else problems).layers


def test_a_check_reads_no_preset():
    spec = spec_of()
    assert has_presets(spec.root)
    (layer,) = [layer for layer in spec.program.graph.layers if layer.call.target == BACKBONE]
    assert found_in(layer.call) is None


def test_a_preset_with_a_slash_is_a_folder_beside_the_spec():
    def preset(written):
        spec = recipe.load("there/spec.yaml", text=IDS.replace("./bert", written))
        return next(call["preset"] for call in calls_in(spec.root["architecture"]) if "preset" in call)

    assert preset("./bert") == "./there/bert"
    assert preset("/models/bert") == "/models/bert"
    assert preset("bert_tiny_en_uncased") == "bert_tiny_en_uncased"
    assert preset("hf://user/bert") == "hf://user/bert"


@pytest.mark.parametrize("written", ["file:///etc", "http://host/bert", "{preset: 3}"])
def test_other_addresses_are_refused(written):
    with pytest.raises(RecipeError) as refused:
        spec_of(IDS.replace("./bert", written))
    assert "R205" in [problem.code for problem in refused.value.problems]


def test_what_was_found_survives_the_run_folder():
    spec = spec_of()
    root = with_found(spec.root, lambda call: held(BERT))
    program = recipe.program.building.build(root, None, [])
    again = from_json(to_json(program))
    (call,) = [call for call in calls_in(again.spec["architecture"]) if FOUND in call]
    assert found_in(call) == BERT


def test_ids_feed_a_backbone_of_texts_with_a_mask_and_one_segment():
    mask, segments, bert, _ = layers_of(BERT)
    assert (mask.call.target, mask.call["x2"]) == ("keras.ops.not_equal", 1)
    assert segments.call.target == "keras.ops.zeros_like"
    assert bert.inputs == {
        "token_ids": Wire("input"),
        "padding_mask": Wire("bert.not_equal"),
        "segment_ids": Wire("bert.zeros_like"),
    }
    assert bert.call.name == "BertBackbone"


def test_images_feed_a_backbone_in_the_range_of_its_converter():
    rescaling, resnet, _ = layers_of(RESNET)
    assert rescaling.call["scale"] == (127.5, 63.75)
    assert rescaling.call["offset"] == (-1.0, -2.0)
    assert resnet.inputs == {"images": Wire("bert.rescaling")}


def test_a_precision_that_is_no_policy_of_layers_leaves_them_in_float32():
    assert layers_of(RESNET)[1].call["dtype"] == "float32"
    assert layers_of(RESNET, precision="bfloat16_products")[1].call["dtype"] == "float32"
    assert layers_of(RESNET, precision="mixed_float16")[1].call["dtype"] == "mixed_float16"


@pytest.mark.skipif(importlib.util.find_spec("keras_hub") is not None, reason="`keras_hub` is installed")
def test_without_kerashub_a_plan_says_what_to_install():
    spec = recipe.load(
        "spec.yaml", text=IDS.replace("npz: {path: ids.npz, features: x, target: y}", "bundled: digits")
    )
    with pytest.raises(RecipeError) as refused:
        recipe.api.prepare(spec)
    (problem,) = refused.value.problems
    assert problem.code == "R560"
    assert problem.help == "pip install 'keras-recipe[kerashub]'"
