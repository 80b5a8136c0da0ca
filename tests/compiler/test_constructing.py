"""Whatever Keras raises where an object of a spec is made is told at the object's place."""

import pytest

import recipe
from recipe.diagnostics.problems import RecipeError
from tests.training.specs import DIGITS


@pytest.mark.parametrize(
    ("layer", "place", "words"),
    [
        ("Dense: {units: 4, kernel_initializer: STFT}", "STFT", "`dense/kernel` has shape (64, 4)"),
        ("Dense: {units: 4, bias_initializer: Orthogonal}", "Orthogonal", "at least two-dimensional"),
        (
            "TimeDistributed: {layer: {Dense: {units: 4, bias_initializer: Orthogonal}}}",
            "Orthogonal",
            "time_distributed/dense/bias",
        ),
        ("ELU: {activity_regularizer: {L2: 0.01}}", "ELU", "the model could not be saved"),
        ("Equalization: {value_range: 0.2}", "Equalization", "'Equalization' object has no attribute"),
    ],
)
def test_what_cannot_be_made_is_refused_in_the_words_of_keras(layer: str, place: str, words: str):
    before = "  - Reshape: [8, 8]\n" if "Time" in layer else "  - Flatten\n"
    text = DIGITS.replace(
        "  - Flatten\n  - Dense: {units: 16, activation: relu}\n", f"{before}  - {layer}\n  - Flatten\n"
    )
    with pytest.raises(RecipeError) as error:
        recipe.compile(recipe.load("small.yaml", text=text))
    (problem,) = error.value.problems
    assert problem.code == "R402"
    assert problem.message.startswith(f"Keras refuses `{place}`: ")
    assert words in problem.message
    assert text.splitlines()[problem.span.line - 1][problem.span.column - 1 :].startswith(place)
