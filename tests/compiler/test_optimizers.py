"""The optimizer: decay spares biases and norms, whatever the spec says of it."""

import numpy as np
import pytest

import recipe
from recipe.compiler.optimizers import decays
from recipe.diagnostics.problems import RecipeError

SPEC = """
recipe: 1
name: decay
data: {source: {bundled: digits}}
architecture:
  - Dense: 8
  - BatchNormalization
  - Flatten
  - head
optimizer: {AdamW: {learning_rate: 0.1}}
training: {epochs: 1}
"""


def compiled(*overrides: str) -> recipe.api.Compilation:
    return recipe.compile(recipe.load("decay.yaml", overrides, text=SPEC))


def changed_by_decay(compilation: recipe.api.Compilation) -> set[str]:
    """The weights that a step with zero gradients moves: with Adam, decay alone."""
    model = compilation.model
    for weight in model.trainable_variables:
        weight.assign(np.ones(weight.shape))
    zeros = [np.zeros(weight.shape, "float32") for weight in model.trainable_variables]
    compilation.optimizer.apply(zeros, model.trainable_variables)
    return {weight.path for weight in model.trainable_variables if not np.allclose(weight, 1)}


@pytest.mark.parametrize(
    "overrides",
    [
        ["regularization.weight_decay=0.1"],
        [],
        ["optimizer={SGD: {learning_rate: 0.1}}", "regularization.weight_decay=0.1"],
    ],
    ids=["written", "the default of AdamW", "SGD"],
)
def test_only_kernels_decay(overrides: list[str]):
    assert changed_by_decay(compiled(*overrides)) == {"dense/kernel", "head/kernel"}


def test_exclude_spares_more():
    override = 'regularization.weight_decay={value: 0.1, exclude: ["head/*"]}'
    assert changed_by_decay(compiled(override)) == {"dense/kernel"}


def test_what_is_excluded_must_be_there():
    with pytest.raises(RecipeError) as refused:
        compiled('regularization.weight_decay={value: 0.1, exclude: ["head/*", "haed/*", "*/bias"]}')
    (found,) = refused.value.problems
    assert found.message == "the pattern `haed/*` of `regularization.weight_decay.exclude` matches no weight"
    assert (found.code, found.span.source) == ("R355", "--set 1")


def test_off_stops_the_decay_that_keras_gives_adamw():
    assert changed_by_decay(compiled("regularization.weight_decay=off")) == set()


def test_decoupled_decay_is_the_formula_of_the_paper():
    compilation = compiled("regularization.weight_decay=0.1")
    changed_by_decay(compilation)
    # Loshchilov and Hutter, arXiv 1711.05101, algorithm 2: w - rate * decay * w.
    kernel = np.asarray(compilation.model.get_layer("head").kernel)
    np.testing.assert_allclose(kernel, 1 - 0.1 * 0.1, rtol=1e-6)


def test_a_written_gradient_clip_is_the_global_norm():
    assert compiled("regularization.gradient_clip=0.5").optimizer.global_clipnorm == 0.5


@pytest.mark.parametrize(
    ("path", "expected"),
    [("dense/kernel", True), ("dense/bias", False), ("norm/gamma", False), ("embedding/embeddings", True)],
)
def test_which_weights_decay_is_said_by_the_end_of_their_path(path: str, expected: bool):
    assert decays(path, ()) is expected
