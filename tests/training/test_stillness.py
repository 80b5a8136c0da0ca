"""Weights that never had a gradient are told."""

import pytest

import recipe
from recipe.training.stillness import still_weights

TEXT = """\
recipe: 1
name: still
data: {{source: {{bundled: digits}}, split: {{validation: 10%}}}}
architecture:
  - Flatten
  - {{Dense: 16, as: early}}
  - {layer}
  - head
optimizer: {optimizer}
training: {{steps: 2, batch_size: 64}}
runtime: {{seed: 1, engine: graph}}
"""


class Told(list):
    def tell(self, problem):
        self.append(problem)

    def begin(self, *_): ...

    block = epoch = begin


def fit(layer: str, optimizer: str = "Adam"):
    told = Told()
    run = recipe.fit(
        recipe.load("still.yaml", text=TEXT.format(layer=layer, optimizer=optimizer)),
        keep=False,
        progress=[told],
    )
    return run, [problem for problem in told if problem.code == "R677"]


@pytest.mark.parametrize("optimizer", ["Adam", "{SGD: {learning_rate: 0.1, momentum: 0.9}}", "RMSprop"])
def test_what_lies_before_a_step_function_is_still(optimizer: str):
    run, (problem,) = fit("{op: sign}", optimizer)
    assert problem.paths == ("early/kernel", "early/bias")
    assert problem.span.line == 6
    assert still_weights(run.outcome.compiled, 2) == problem.paths


def test_what_has_a_gradient_is_not_told():
    assert fit("ReLU")[1] == []


def test_an_optimizer_that_remembers_nothing_tells_nothing():
    assert fit("{op: sign}", "{SGD: {learning_rate: 0.1}}")[1] == []


def test_weights_that_waited_to_be_thawed_are_not_told():
    groups = "[{match: 'early/*', freeze: 2 steps}]"
    assert fit("ReLU", f"{{Adam: {{learning_rate: 1e-3}}, groups: {groups}}}")[1] == []
