import pytest

from recipe.lint.rates import peak_rate
from recipe.program.building import build
from tests.lint.programs import root

RUN = "optimizer: SGD\ntraining: {steps: 100}\nschedule: "


@pytest.mark.parametrize(
    ("example", "rate"),
    [
        ("optimizer: {SGD: {learning_rate: 0.3}}", 0.3),
        ("optimizer: Adam", 0.001),
        ("optimizer: SGD", 0.01),
        (RUN + "{ExponentialDecay: {initial_learning_rate: 0.2, decay_steps: 10, decay_rate: 0.5}}", 0.2),
        (RUN + "{PiecewiseConstantDecay: {boundaries: [5], values: [0.01, 0.4]}}", 0.4),
        (
            RUN + "{CosineDecay: {initial_learning_rate: 1e-4, warmup_target: 0.5, warmup_steps: 10, "
            "decay_steps: 90}}",
            0.5,
        ),
    ],
)
def test_the_peak_is_the_largest_rate_of_the_run(example, rate):
    peak = peak_rate(build(root(example)[0], None, []))

    assert peak is not None
    assert peak.value == rate
    assert peak.span is not None
