"""Whatever Keras raises where an object of a spec is made is told at the object's place."""

import pytest

import recipe
from recipe.diagnostics.problems import RecipeError
from tests.training.specs import DIGITS


@pytest.mark.parametrize(
    ("layer", "code", "place", "words"),
    [
        ("Dense: {units: 4, kernel_initializer: STFT}", "R408", "STFT", "`dense/kernel` of shape (64, 4)"),
        ("Dense: {units: 4, bias_initializer: Orthogonal}", "R408", "Orthogonal", "at least two-dimensional"),
        (
            "TimeDistributed: {layer: {Dense: {units: 4, bias_initializer: Orthogonal}}}",
            "R408",
            "Orthogonal",
            "time_distributed/dense/bias",
        ),
        ("ELU: {activity_regularizer: {L2: 0.01}}", "R409", "ELU", "Keras cannot save `ELU`"),
        (
            "Equalization: {value_range: 0.2}",
            "R402",
            "Equalization",
            "'Equalization' object has no attribute",
        ),
    ],
)
def test_what_cannot_be_made_is_refused_in_the_words_of_keras(layer: str, code: str, place: str, words: str):
    before = "  - Reshape: [8, 8]\n" if "Time" in layer else "  - Flatten\n"
    text = DIGITS.replace(
        "  - Flatten\n  - Dense: {units: 16, activation: relu}\n", f"{before}  - {layer}\n  - Flatten\n"
    )
    with pytest.raises(RecipeError) as error:
        recipe.compile(recipe.load("small.yaml", text=text))
    (problem,) = error.value.problems
    assert problem.code == code
    assert words in problem.message
    assert text.splitlines()[problem.span.line - 1][problem.span.column - 1 :].startswith(place)
