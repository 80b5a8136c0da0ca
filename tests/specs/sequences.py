"""Networks over sequences, from a spec's text and facts of data that nobody has to read."""

from typing import Any

import keras
import numpy

from recipe import api
from recipe.compiler import weights
from recipe.compiler.networks import Network, build_network
from recipe.diagnostics.problems import Problem, errors
from recipe.program.building import build
from recipe.program.facts import Column, Facts, InputFact, Target
from recipe.program.programs import Program

SKELETON = """\
recipe: 1
name: sequences
data: {source: {bundled: digits}}
"""
TRAINING = "optimizer: {Adam: {learning_rate: 1e-3}}\ntraining: {steps: 1000}\n"  # where no recipe brings it


def facts(*inputs: str, shape: tuple[int, ...], vocabulary: int = 0, target: Target | None = None) -> Facts:
    """Facts of token ids, or of series when there is no vocabulary; two classes for each unless said."""
    names = inputs or ("input",)
    dtype = "int32" if vocabulary else "float32"
    found = {name: InputFact(shape, dtype, features=(name,)) for name in names}
    statistics = {"vocabulary": vocabulary} if vocabulary else {}
    kind = "category" if vocabulary else "number"
    columns = tuple(Column(name, kind, shape[0], statistics) for name in names)
    targets = (target or Target("label", "category", ("no", "yes")),)
    return Facts({"train": 10_000, "validation": 5_000}, found, columns, targets, "0" * 64)


def next_token(length: int, vocabulary: int) -> Target:
    """The target of a language model: a token for each place."""
    return Target("next", "category", tuple(map(str, range(vocabulary))), shape=(length,))


def program(sections: str, of: Facts) -> tuple[Program, list[Problem]]:
    """The Program of a whole spec that checks, and what is told of it."""
    checked = api.check("sequences.yaml", text=SKELETON + sections)
    assert checked.spec is not None, [problem.message for problem in checked.problems]
    problems = list(checked.problems)
    built = build(checked.spec, of, problems)
    assert not errors(problems), [problem.message for problem in problems]
    return built, problems


def abstract(sections: str, of: Facts) -> Network:
    """The network of an architecture, without values."""
    built, _ = program(sections + TRAINING, of)
    return weights.without_values(lambda: build_network(built, of.inputs))


def valued(sections: str, of: Facts) -> Any:
    """The Keras model of an architecture with its first weights."""
    model = abstract(sections, of).model
    weights.initialize(model.variables, seed=0)
    return model


def scattered(model: Any, spread: float = 0.3) -> Any:
    """The model with random weights, norms and biases too, so that none of them is a neutral number."""
    generator = numpy.random.default_rng(1)
    for variable in model.weights:
        variable.assign(variable + generator.normal(0, spread, variable.shape))
    return model


def tokens(length: int, vocabulary: int, examples: int = 4, seed: int = 0) -> Any:
    """Token ids, `(examples, length)`."""
    return numpy.random.default_rng(seed).integers(0, vocabulary, (examples, length), dtype="int32")


def as_array(tensor: Any) -> Any:
    """A tensor of the backend in NumPy."""
    return keras.ops.convert_to_numpy(tensor)
