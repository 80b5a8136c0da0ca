"""The architectures for images: sizes and outputs as published, and what a wrong depth tells."""

from collections import Counter
from dataclasses import replace
from typing import Any

import keras
import numpy
import pytest

from recipe.compiler import weights
from recipe.compiler.networks import LayerRow, Network
from recipe.program.facts import Facts, InputFact, Target
from tests.checking import told
from tests.specs.sequences import abstract, as_array, scattered, valued


def images(*shape: int, classes: int = 1000, mask: tuple[int, ...] = ()) -> Facts:
    """Facts of images with a class each, or for each pixel of a mask."""
    target = Target("label", "category", tuple(map(str, range(classes))), shape=mask)
    return Facts({"train": 100}, {"input": InputFact(shape, "uint8", 1 / 255)}, (), (target,), "0" * 64)


IMAGENET = images(224, 224, 3)
CIFAR = images(32, 32, 3, classes=10)


def extending(name: str, variables: str = "") -> str:
    return f"extends: {name}\n" + (f"vars: {{{variables}}}\n" if variables else "")


def network(name: str, variables: str = "", of: Facts = IMAGENET) -> Network:
    return abstract(extending(name, variables), of)


def total(found: Network) -> int:
    return sum(row.parameters for row in found.table)


def trainable(found: Network) -> int:
    return sum(row.trainable for row in found.table)


# -- sizes ---------------------------------------------------------------------------------------

# The page of keras.io on applications has them rounded; each is the `count_params()` of the class with
# `weights=None`, which the tests below compare weight by weight.
KERAS = [
    ("vgg", "depth: 16", 138_357_544),
    ("vgg", "depth: 19", 143_667_240),
    ("resnet", "depth: 50, bias: true", 25_636_712),
    ("densenet", "depth: 121", 8_062_504),
    ("mobilenet-v2", "width: 1.0", 3_538_984),
    ("efficientnet-b0", "width: 1.0", 5_330_571),
    pytest.param("resnet", "depth: 101, bias: true", 44_707_176, marks=pytest.mark.slow),
    pytest.param("resnet", "depth: 152, bias: true", 60_419_944, marks=pytest.mark.slow),
    pytest.param("densenet", "depth: 169", 14_307_880, marks=pytest.mark.slow),
    pytest.param("densenet", "depth: 201", 20_242_984, marks=pytest.mark.slow),
]
# `num_params` in the metadata of torchvision's weights (docs.pytorch.org/vision/stable/models), where the
# statistics of a norm are no parameters.
TORCHVISION = [
    ("vgg", "depth: 11", 132_863_336),
    ("vgg", "depth: 13", 133_047_848),
    ("resnet", "depth: 18", 11_689_512),
    ("resnet", "depth: 34", 21_797_672),
    ("resnet", "", 25_557_032),
    ("densenet", "", 7_978_856),
    ("mobilenet-v2", "", 3_504_872),
    ("efficientnet-b0", "", 5_288_548),
    ("vit", "", 86_567_656),
    pytest.param("resnet", "depth: 101", 44_549_160, marks=pytest.mark.slow),
    pytest.param("resnet", "depth: 152", 60_192_808, marks=pytest.mark.slow),
    pytest.param("vit", "depth: 24, width: 1024, heads: 16", 304_326_632, marks=pytest.mark.slow),
]
# He et al., arXiv 1512.03385, table 6; Zagoruyko and Komodakis, arXiv 1605.07146, table 4. In millions.
PAPERS = [
    ("resnet-cifar", "depth: 20", 0.27),
    ("resnet-cifar", "depth: 32", 0.46),
    ("resnet-cifar", "depth: 44", 0.66),
    ("resnet-cifar", "depth: 56", 0.85),
    pytest.param("resnet-cifar", "depth: 110", 1.7, marks=pytest.mark.slow),
    ("wide-resnet", "depth: 16, widening: 8", 11.0),
    ("wide-resnet", "", 36.5),
    ("wide-resnet", "depth: 40, widening: 4", 8.9),
]


@pytest.mark.parametrize(("name", "variables", "published"), KERAS)
def test_all_parameters_are_as_many_as_in_keras_applications(name, variables, published):
    assert total(network(name, variables)) == published


@pytest.mark.parametrize(("name", "variables", "published"), TORCHVISION)
def test_trainable_parameters_are_as_many_as_in_torchvision(name, variables, published):
    assert trainable(network(name, variables)) == published


@pytest.mark.parametrize(("name", "variables", "published"), PAPERS)
def test_parameters_for_cifar_are_as_many_as_in_the_paper(name, variables, published):
    millions = trainable(network(name, variables, CIFAR)) / 1e6
    digits = len(str(published).partition(".")[2])
    assert round(millions, digits) == published


def test_the_network_for_mnist_has_50890_parameters():
    assert total(network("mlp", of=images(28, 28, classes=10))) == 50_890


def test_lenet_has_the_parameters_that_its_paper_says_layer_by_layer():
    """LeCun et al., 1998, section II.B: C1, C5, F6; in C3 each map sees all six, not three to six of them."""
    found = network("lenet", of=images(32, 32, 1, classes=10))
    assert [row.parameters for row in found.table if row.parameters][::2] == [156, 48_120, 850]
    assert [row.parameters for row in found.table if row.parameters][1::2] == [16 * (6 * 25 + 1), 10_164]


@pytest.mark.parametrize(
    ("variables", "published"),
    [
        ("", 59_880_472),
        ("depth: 8, width: 512, token_units: 256, channel_units: 2048", 18_528_264),
    ],
)
def test_the_mixer_has_the_parameters_of_its_models_b_16_and_s_16_in_timm(variables, published):
    assert total(network("mlp-mixer", variables)) == published


def test_the_u_net_has_the_23_convolutions_of_its_paper():
    """Ronneberger et al., arXiv 1505.04597, figure 1, of a grey image with two classes."""
    down = [(3, 1, 64), (3, 64, 64), (3, 64, 128), (3, 128, 128), (3, 128, 256), (3, 256, 256)]
    down += [(3, 256, 512), (3, 512, 512), (3, 512, 1024), (3, 1024, 1024)]
    widths = (512, 256, 128, 64)
    up = [kernel for n in widths for kernel in ((2, 2 * n, n), (3, 2 * n, n), (3, n, n))]
    kernels = [*down, *up, (1, 64, 2)]
    expected = [size**2 * entering * leaving + leaving for size, entering, leaving in kernels]
    found = network("unet", of=images(64, 64, 1, classes=2, mask=(64, 64)))
    assert sorted(row.parameters for row in found.table if row.parameters) == sorted(expected)
    assert len(expected) == 23
    assert total(found) == 31_030_658
    assert found.model.output_shape == (None, 64, 64, 2)


def test_the_autoencoder_has_the_convolutions_of_its_header():
    """Kernels of 3 x 3 down and up, a code and an output of 1 x 1, each with its biases."""
    kernels = [(3, 1, 16), (3, 16, 32), (1, 32, 4), (3, 4, 32), (3, 32, 16), (1, 16, 1)]
    expected = sum(size**2 * entering * leaving + leaving for size, entering, leaving in kernels)
    itself = Target("input", "number", shape=(8, 8, 1), again=1 / 255)
    facts = replace(images(8, 8, 1), targets=(itself,))
    found = network("autoencoder", "width: 16, code: 4", of=facts)
    assert total(found) == expected == 10_757
    assert found.model.output_shape == (None, 8, 8, 1)


# -- the same networks ---------------------------------------------------------------------------


def application(name: str, size: int = 224, classes: int = 1000, **arguments: Any) -> Any:
    build = getattr(keras.applications, name)
    return build(
        weights=None, input_shape=(size, size, 3), classes=classes, classifier_activation=None, **arguments
    )


SAME = [
    ("vgg", "", "VGG16", {}),
    ("resnet", "bias: true", "ResNet50", {}),
    ("mobilenet-v2", "", "MobileNetV2", {}),
    ("mobilenet-v2", "width: 0.35", "MobileNetV2", {"alpha": 0.35}),
    ("mobilenet-v2", "width: 1.4", "MobileNetV2", {"alpha": 1.4}),
    ("efficientnet-b0", "", "EfficientNetB0", {}),
    pytest.param("densenet", "", "DenseNet121", {}, marks=pytest.mark.slow),
    pytest.param("mobilenet-v2", "width: 0.5", "MobileNetV2", {"alpha": 0.5}, marks=pytest.mark.slow),
    pytest.param("mobilenet-v2", "width: 0.75", "MobileNetV2", {"alpha": 0.75}, marks=pytest.mark.slow),
    pytest.param("mobilenet-v2", "width: 1.3", "MobileNetV2", {"alpha": 1.3}, marks=pytest.mark.slow),
]


@pytest.mark.parametrize(("name", "variables", "kind", "arguments"), SAME)
def test_the_weights_have_the_shapes_of_keras_applications(name, variables, kind, arguments):
    theirs = weights.without_values(lambda: application(kind, **arguments))
    ours = network(name, variables).model
    assert Counter(map(shape, ours.weights)) == Counter(map(shape, theirs.weights))


def shape(variable: Any) -> tuple[int, ...]:
    return tuple(variable.shape)


def in_order(model: Any) -> list[Any]:
    """The weights of an application, layer by layer, where a shortcut comes behind its body as in ours."""
    layers = [layer for layer in model.layers if layer.weights]
    if model.name.startswith("resnet"):
        layers.sort(key=place_in_resnet)
    return [variable for layer in layers for variable in layer.weights]


def place_in_resnet(layer: Any) -> tuple[str, int, int]:
    """Stage, unit and number in the unit of a layer such as `conv2_block1_0_conv`; 0 is the shortcut."""
    stage, _, rest = layer.name.partition("_block")
    unit, number = rest.split("_")[:2] if rest else ("0", "0")
    return stage[:5], int(unit), int(number) or 9  # conv1_conv, conv1_bn: in the order they have


@pytest.mark.parametrize(
    ("name", "variables", "kind", "size"),
    [
        ("mobilenet-v2", "", "MobileNetV2", 32),
        pytest.param("vgg", "", "VGG16", 32, marks=pytest.mark.slow),
        pytest.param("resnet", "bias: true", "ResNet50", 64, marks=pytest.mark.slow),
        pytest.param("densenet", "", "DenseNet121", 64, marks=pytest.mark.slow),
        pytest.param("efficientnet-b0", "", "EfficientNetB0", 64, marks=pytest.mark.slow),
    ],
)
def test_with_the_weights_of_keras_applications_the_logits_are_equal(name, variables, kind, size):
    theirs = scattered(application(kind, size, 10), spread=0.03)
    of = images(size, size, 3, classes=10)
    ours = valued(extending(name, variables), of)
    by_path = {variable.path: variable for variable in ours.weights}
    paths = [path for row in network(name, variables, of).table for path in row.weights]
    for path, variable in zip(paths, in_order(theirs), strict=True):
        by_path[path].assign(variable)
    examples = numpy.random.default_rng(0).random((2, size, size, 3), dtype="float32")
    factor = (
        255 if kind.startswith("Efficient") else 1
    )  # which it divides by itself; our images lie in [0, 1]
    expected = as_array(theirs(examples * factor))
    assert numpy.abs(expected).max() > 1e-3
    numpy.testing.assert_allclose(as_array(ours(examples)), expected, rtol=1e-4, atol=1e-4)


# -- relatives -----------------------------------------------------------------------------------


def convolutions(found: Network) -> list[LayerRow]:
    return [row for row in found.table if row.kind == "Conv2D"]


def test_the_plain_network_is_the_residual_one_without_projections():
    residual = network("resnet", "depth: 34, width: 8")
    plain = network("plain", "width: 8")
    assert [row.parameters for row in convolutions(plain)] == [
        row.parameters for row in convolutions(residual) if ".shortcut." not in row.name
    ]
    assert len(convolutions(plain)) == 33
    assert {row.kind for row in plain.table} == {row.kind for row in residual.table} - {"Add"}


def test_shortcuts_for_cifar_have_no_parameters():
    residual, plain = network("resnet-cifar", of=CIFAR), network("plain-cifar", of=CIFAR)
    assert total(residual) == total(plain)
    assert sum(row.kind == "Add" for row in residual.table) == 9
    assert not any(row.kind == "Add" for row in plain.table)


@pytest.mark.parametrize(
    ("name", "depth", "known"),
    [
        ("resnet", 20, "`depth` must be 18, 34, 50, 101 or 152"),
        ("vgg", 14, "`depth` must be 11, 13, 16 or 19"),
        ("densenet", 120, "`depth` must be 121, 169 or 201"),
        ("resnet-cifar", 21, "`depth` must be 6n + 2"),
        ("wide-resnet", 27, "`depth` must be 6n + 4"),
    ],
)
def test_a_depth_that_an_architecture_does_not_have_is_refused_with_those_it_has(name, depth, known):
    text = f"""\
recipe: 1
name: small
extends: [{name}, adamw-cosine]
vars: {{depth: {depth}}}
data: {{source: {{bundled: digits}}}}
"""
    (found,) = told(text)
    assert (found.code, found.message, found.span.line) == ("R168", known, 4)
