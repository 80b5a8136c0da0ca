"""An output whose bias is the prior says, before it learns, what the target is on average."""

import numpy as np
import pytest

from recipe.program.facts import Target
from recipe.program.head_priors import prior_of
from tests.checking import edited
from tests.program.programs import DIGITS, built, network

PRIOR = "init: {head_bias: prior}"


def test_the_softmax_of_a_prior_is_the_shares_of_the_classes():
    logits = np.array(prior_of(Target("y", "category", tuple("abc"), (70, 20, 10))))
    np.testing.assert_allclose(np.exp(logits) / np.exp(logits).sum(), [0.7, 0.2, 0.1])


def test_the_sigmoid_of_a_prior_is_the_share_of_the_positives():
    (logit,) = prior_of(Target("y", "flag", ("no", "yes"), (99, 1), (1,)))
    assert 1 / (1 + np.exp(-logit)) == pytest.approx(0.01)


def test_the_sigmoid_of_the_priors_of_labels_is_the_share_of_each():
    labels = Target("y", "labels", tuple("abc"), (25, 1, 100), (3,), num_counted=100, separator="|")
    np.testing.assert_allclose(1 / (1 + np.exp(-np.array(prior_of(labels)))), [0.25, 0.01, 0.99])


def test_the_prior_of_a_number_is_its_mean():
    assert prior_of(Target("y", "number", mean=3.5, shape=(1,))) == (3.5,)


def test_a_class_that_training_lacks_has_a_finite_prior():
    assert np.isfinite(prior_of(Target("y", "category", tuple("ab"), (5, 0)))).all()


def test_the_bias_of_the_head_begins_at_the_prior():
    built = network("- Flatten", more=PRIOR)
    bias = built.layers["head"]["bias_initializer"]
    assert bias.name == "Constant"
    np.testing.assert_allclose(bias["value"], np.log([0.1] * 10))
    assert "bias_initializer" not in network("- Flatten").layers["head"]


def test_an_output_without_a_bias_or_with_an_activation_is_told():
    for output in ("{units: 10, use_bias: false}", "{units: 10, activation: relu}"):
        found = built(edited(("  - head\n", f"  - Dense: {output}\n")) + PRIOR, DIGITS)
        assert "R338" in found.codes
