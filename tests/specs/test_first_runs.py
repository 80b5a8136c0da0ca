"""The first spec of every template trains: two steps for all, to its end for one of each family."""

import numpy
import pytest

import recipe
from recipe.cli.starters import STARTERS, starter_text
from recipe.program.templates import shipped_templates

FOUND = {template.name: template for template in shipped_templates()}
QUICK = {"mlp", "lenet", "resnet-cifar", "autoencoder", "lstm", "gpt"}
# A warm-up of several epochs does not fit into two steps.
SHORTER = {"torchvision": ("schedule.warmup_cosine.warmup=1 steps",)}


def two_steps(name: str) -> str:
    """The first spec of a template, cut to two steps; the engine is not measured."""
    starter = STARTERS[name]
    text = starter_text(FOUND[name], FOUND[starter.architecture])
    shorter = text.replace(f"training: {starter.training}", "training: {steps: 2, batch_size: 8}")
    assert shorter != text
    return shorter.replace("runtime: {seed: 1}", "runtime: {seed: 1, engine: graph}")


@pytest.mark.parametrize(
    "name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in STARTERS]
)
def test_a_first_spec_takes_two_steps(name):
    spec = recipe.load("mine.yaml", SHORTER.get(name, ()), text=two_steps(name))
    run = recipe.fit(spec, keep=False)
    assert numpy.isfinite(run.history["loss"]).all()
