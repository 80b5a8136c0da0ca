"""Presets of KerasHub as layers: fed, built and weighted as KerasHub has them."""

import keras
import numpy as np
import pytest

import recipe
from recipe.diagnostics.problems import RecipeError
from tests.presets import DIGITS, IDS, needs_hub, write_bert, write_gpt2, write_ids, write_resnet

pytestmark = needs_hub


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with presets and ids."""
    path = tmp_path_factory.mktemp("presets")
    write_bert(path / "bert")
    write_resnet(path / "resnet")
    write_gpt2(path / "gpt2")
    write_ids(path)
    return path


def compiled(folder, text):
    return recipe.compile(recipe.load(str(folder / "spec.yaml"), text=text))


def refused(folder, text):
    with pytest.raises(RecipeError) as told:
        compiled(folder, text)
    (problem,) = told.value.problems
    return problem


def fed_to(model, name):
    return keras.Model(model.input, model.get_layer(name).input)


def test_images_reach_a_backbone_as_its_image_converter_makes_them(folder):
    from keras_hub import layers, models

    model = compiled(folder, DIGITS).model
    bytes_ = np.random.default_rng(0).integers(0, 256, (2, 8, 8, 1))
    preset = str(folder / "resnet")
    rgb = np.repeat(bytes_, 3, axis=-1)
    expected = models.Backbone.from_preset(preset)(layers.ImageConverter.from_preset(preset)(rgb))
    found = fed_to(model, "global_average_pooling2d")(bytes_ / 255)
    np.testing.assert_allclose(np.asarray(found), np.asarray(expected), rtol=1e-4, atol=1e-5)


def test_a_text_reaches_a_backbone_with_its_padding_masked(folder):
    from keras_hub import models

    model = compiled(folder, IDS).model
    ids = np.load(folder / "ids.npz")["x"]
    fed = {"token_ids": ids, "segment_ids": np.zeros_like(ids), "padding_mask": (ids != 0).astype("int32")}
    expected = models.Backbone.from_preset(str(folder / "bert"))(fed)["pooled_output"]
    found = fed_to(model, "head")(ids)
    np.testing.assert_allclose(np.asarray(found), np.asarray(expected), atol=1e-6)
    everything = (
        expected
        - models.Backbone.from_preset(str(folder / "bert"))(fed | {"padding_mask": np.ones_like(ids)})[
            "pooled_output"
        ]
    )
    assert np.abs(np.asarray(everything)).max() > 1e-3


def test_an_output_that_is_named_passes_on(folder):
    text = IDS.replace("./bert", "{preset: ./bert, output: sequence_output}")
    model = compiled(folder, text.replace("  - head", "  - GlobalAveragePooling1D\n  - head")).model
    assert model.get_layer("global_average_pooling1d").input.shape == (None, 10, 8)


def test_a_decoder_gives_a_sequence(folder):
    text = IDS.replace("./bert", "./gpt2").replace("  - head", "  - GlobalAveragePooling1D\n  - head")
    assert compiled(folder, text).model.get_layer("global_average_pooling1d").input.shape == (None, 10, 8)


def test_a_folder_of_transformers_is_what_kerashub_makes_of_it(folder):
    from keras_hub import models

    network = models.Backbone.from_preset(str(folder / "gpt2"))
    network.export_to_transformers(str(folder / "transformers"))
    text = IDS.replace("./bert", "./transformers").replace("  - head", "  - GlobalAveragePooling1D\n  - head")
    model = compiled(folder, text).model
    ids = np.load(folder / "ids.npz")["x"]
    expected = network({"token_ids": ids, "padding_mask": (ids != 0).astype("int32")})
    found = fed_to(model, "global_average_pooling1d")(ids)
    np.testing.assert_allclose(np.asarray(found), np.asarray(expected), atol=1e-6)


def test_weights_lie_below_the_name_of_the_layer(folder):
    model = compiled(folder, IDS).model
    paths = [weight.path for weight in model.weights]
    assert {path.split("/")[0] for path in paths} == {"bert", "head"}
    assert "bert/transformer_layer_1/self_attention_layer/query/kernel" in paths


def test_two_backbones_of_one_preset_have_weights_of_their_own(folder):
    twice = (
        "    as: bert\n  - Backbone: {preset: ./bert, load_weights: false}\n    from: input\n    as: other\n"
    )
    join = "  - Concatenate:\n    from: [bert, other]\n"
    model = compiled(folder, IDS.replace("    as: bert\n", twice + join)).model
    paths = [weight.path for weight in model.weights]
    assert len(set(paths)) == len(paths) == 2 * 39 + 2
    one, other = (model.get_layer(name).token_embedding.embeddings for name in ("bert", "other"))
    assert not np.allclose(np.asarray(one), np.asarray(other))


def test_what_begins_at_random_is_the_same_whatever_was_built_before(folder):
    text = IDS.replace("./bert", "{preset: ./bert, load_weights: false}")
    first = compiled(folder, text).model
    keras.Sequential([keras.Input((3,)), keras.layers.Dense(2), keras.layers.Dropout(0.5)])
    second = compiled(folder, text).model
    for one, other in zip(first.variables, second.variables, strict=True):
        assert one.path == other.path
        np.testing.assert_array_equal(np.asarray(one), np.asarray(other))


def test_a_precision_of_the_spec_takes_the_place_of_the_presets(folder):
    model = compiled(folder, IDS.replace("seed: 1", "seed: 1, precision: mixed_bfloat16")).model
    bert = model.get_layer("bert")
    assert bert.get_layer("transformer_layer_0").dtype_policy.name == "mixed_bfloat16"
    assert {weight.dtype for weight in bert.weights} == {"float32"}


def test_layer_decay_counts_the_layers_inside(folder):
    groups = "optimizer:\n  Adam: {learning_rate: 1e-3}\n  groups: [{match: '**', layer_decay: 0.5}]\n"
    found = compiled(folder, IDS.replace("optimizer: {Adam: {learning_rate: 1e-3}}\n", groups)).compiled
    first, second = (
        found.groups.rates[f"bert/transformer_layer_{index}/self_attention_layer/query/kernel"]
        for index in (0, 1)
    )
    assert second == 2 * first


def test_an_output_that_is_not_there_is_told_with_those_that_are(folder):
    problem = refused(folder, IDS.replace("./bert", "{preset: ./bert, output: pooled}"))
    assert (problem.code, problem.outputs) == ("R407", ("sequence_output", "pooled_output"))
    assert refused(folder, DIGITS.replace("./resnet", "{preset: ./resnet, output: x}")).code == "R407"


def test_ids_beyond_the_vocabulary_are_told(folder):
    text = IDS.replace("./bert", "./gpt2").replace("  - head", "  - GlobalAveragePooling1D\n  - head")
    ids = np.load(folder / "ids.npz")
    np.savez(folder / "more.npz", x=ids["x"] + 10, y=ids["y"])
    assert refused(folder, text.replace("ids.npz", "more.npz")).code == "R406"


def test_images_of_another_size_are_told_with_the_layer_that_helps(folder):
    from keras_hub import models

    models.ViTBackbone(
        image_shape=(16, 16, 3), patch_size=4, num_layers=1, num_heads=2, hidden_dim=8, mlp_dim=16
    ).save_to_preset(folder / "vit")
    problem = refused(folder, DIGITS.replace("./resnet", "./vit"))
    assert problem.code == "R401"
    assert "`Resizing: {height: 16, width: 16}` before it" in problem.help


def test_a_backbone_is_fed_by_its_own_names(folder):
    fed = "    as: bert\n    from: {token_ids: input, segment_ids: ones}\n"
    before = "  - op: ones_like\n    as: ones\n  - Backbone"
    text = IDS.replace("    as: bert\n", fed).replace("  - Backbone", before)
    graph = compiled(folder, text).program.graph
    assert [layer.name for layer in graph.layers] == ["ones", "bert.not_equal", "bert", "head"]


def test_a_name_that_a_preset_does_not_take_is_told(folder):
    fed = "    as: bert\n    from: {token_ids: input, segment_ids: input}\n  - GlobalAveragePooling1D\n"
    problem = refused(folder, IDS.replace("./bert", "./gpt2").replace("    as: bert\n", fed))
    assert (problem.code, problem.known) == ("R203", ("token_ids", "padding_mask"))
