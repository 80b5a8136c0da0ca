"""Stochastic depth over the residual branches of a network."""

import pytest

from recipe.program.structures import DROP_PATH
from tests.program.programs import DIGITS, built

TEXT = """\
recipe: 1
name: deep
data: {source: {bundled: digits}, split: {validation: 10%}}
architecture:
  - Flatten
  - Dense: 8
  - repeat: {times: 3, layers: [{residual: [{Dense: 8}, ReLU]}]}
  - residual: {body: [{Dense: 8}], drop_path: 50%}
  - head
optimizer: {SGD: {learning_rate: 0.1}}
regularization: {drop_path: 0.2}
training: {epochs: 1}
"""


def test_the_rate_grows_linearly_with_depth_and_a_rate_of_its_own_stays():
    """Equation 4 of arXiv 1603.09382: branch l of L survives with 1 - l / L (1 - p_L)."""
    graph = built(TEXT, DIGITS).program.graph
    rates = {one.name: one.call["rate"] for one in graph.layers if one.call.target == DROP_PATH}
    assert list(rates.values()) == pytest.approx([0.2 * number / 4 for number in (1, 2, 3)] + [0.5])


def test_what_is_dropped_is_the_body_and_never_the_shortcut():
    graph = built(TEXT, DIGITS).program.graph
    added = graph.layer("repeat.1.residual.add")
    assert [wire.layer for wire in added.wires] == ["repeat.0.residual.add", "repeat.1.residual.drop_path"]
    assert graph.layer("repeat.1.residual.drop_path").wires[0].layer == "repeat.1.residual.body.re_lu"
    names = [one.name for one in graph.layers]
    assert names.index("repeat.1.residual.drop_path") < names.index("repeat.1.residual.add")


def test_a_rate_of_some_branches_grows_over_these():
    text = TEXT.replace("drop_path: 0.2}", "drop_path: {value: 0.2, match: ['repeat.1*', 'repeat.2*']}}")
    graph = built(text, DIGITS).program.graph
    rates = [one.call["rate"] for one in graph.layers if one.call.target == DROP_PATH]
    assert rates == pytest.approx([0.1, 0.2, 0.5])


def test_a_pattern_that_fits_no_branch_is_told_with_the_name_that_was_meant():
    text = TEXT.replace("drop_path: 0.2}", "drop_path: {value: 0.2, match: repeat.1.residul}}")
    (found,) = built(text, DIGITS).problems
    assert (found.code, found.label) == ("R352", "did you mean `repeat.1.residual`?")


def test_a_rate_without_a_branch_is_told():
    text = TEXT.replace("  - repeat: {times: 3, layers: [{residual: [{Dense: 8}, ReLU]}]}\n", "")
    text = text.replace("  - residual: {body: [{Dense: 8}], drop_path: 50%}\n", "")
    assert built(text, DIGITS).codes == ["R366"]
