"""A loss or a metric that does not fit the network is told at its place, whatever Keras raises."""

from dataclasses import replace

import keras
import pytest

import recipe
from recipe.diagnostics.problems import RecipeError

SPEC = """\
recipe: 1
data: {source: {bundled: penguins}, target: TARGET, missing: drop}
architecture: [{Dense: 4}, head]
optimizer: {SGD: {learning_rate: 0.01}}
training: {steps: 2}
runtime: {engine: graph}
"""


@pytest.mark.parametrize(
    ("target", "line", "words"),
    [
        ("species", "loss: CTC", "Keras refuses `CTC`: Logits"),
        ("species", "metrics: [Mean]", "Keras refuses `Mean`: Mean.update_state() got multiple values"),
        ("{species: category, sex: category}", "loss: {species: CTC}", "Keras refuses `CTC`: Logits"),
    ],
)
def test_what_does_not_fit_is_told_with_the_words_of_keras(target: str, line: str, words: str):
    text = SPEC.replace("TARGET", target) + line + "\n"
    if target.startswith("{"):
        text = text.replace("head]", "{head: species, from: dense}, {head: sex, from: dense}]")
        text = text.replace("{Dense: 4}", "{Dense: 4, as: dense}")
    with pytest.raises(RecipeError) as error:
        recipe.fit(recipe.load("spec.yaml", text=text), keep=False)
    (problem,) = error.value.problems
    assert (problem.code, problem.span.line) == ("R402", 7)
    assert words in problem.message


def test_a_metric_of_several_numbers_is_told():
    from recipe.training.engines.engine import engine_for

    text = SPEC.replace("TARGET", "species") + "metrics: [CategoricalAccuracy]\n"
    compilation = recipe.compile(recipe.load("spec.yaml", text=text))
    engine = engine_for(replace(compilation.compiled, metrics=(keras.metrics.F1Score(),)))
    with pytest.raises(RecipeError, match="a metric is one number, and its result has the shape"):
        engine.evaluate(compilation.dataset.splits["train"])
