"""The definitions of blocks: of a spec, and those that ship with recipe."""

import pytest

from recipe.catalog.blocks import SHIPPED, Blocks, shipped_block, shipped_names
from recipe.diagnostics.problems import Problem
from recipe.language.reader import read


def blocks(text: str) -> tuple[Blocks, list[Problem]]:
    """The blocks of a text, and what is wrong with them."""
    problems: list[Problem] = []
    document = read(text, "mine.yaml", problems)
    assert document is not None
    return Blocks.of(document.root.get("blocks"), problems), problems


def test_a_definition_has_variables_layers_inputs_and_outputs():
    layers = "vars: {units: 3}, inputs: [a, b], layers: [{Dense: $units, from: b}], outputs: c"
    found, problems = blocks(f"blocks:\n  cross: {{{layers}}}\n")
    block = found.find("cross")
    assert problems == []
    assert (tuple(block.variables), block.inputs) == (("units",), ("a", "b"))
    assert [pair.key for pair in block.outputs] == ["c"]


def test_a_block_without_inputs_has_one_called_input():
    found, _ = blocks("blocks: {one: {layers: [ReLU]}}\n")
    assert found.find("one").inputs == ("input",)


def test_a_name_that_nobody_defined_is_no_block():
    assert Blocks().find("nothing") is None


def test_the_blocks_of_a_spec_come_before_those_that_ship(tmp_path):
    (name, *_) = shipped_names()
    found, _ = blocks(f"blocks: {{{name}: {{layers: [ReLU]}}}}\n")
    assert not found.find(name).is_shipped
    assert Blocks().find(name).is_shipped


def test_the_text_of_a_shipped_block_that_is_used_can_be_shown():
    (name, *_) = shipped_names()
    found = Blocks()
    found.find(name)
    assert list(found.texts) == [str(SHIPPED / f"{name}.yaml")]


@pytest.mark.parametrize("name", shipped_names())
def test_a_shipped_block_says_what_it_is(name):
    block = shipped_block(name)
    assert block.help
    assert block.layers.span.source == str(SHIPPED / f"{name}.yaml")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("blocks:\n", "R211"),
        ("blocks: [a]\n", "R205"),
        ("blocks: {a: [ReLU]}\n", "R205"),
        ("blocks: {a: {layers: [ReLU], vars: [x]}}\n", "R205"),
        ("blocks: {a: {layers: [ReLU], outputs: [3]}}\n", "R205"),
        ("blocks: {a: {layers: [ReLU], output: x}}\n", "R201"),
        ("blocks: {a: {vars: {x: 1}}}\n", "R204"),
        ("blocks: {residual: {layers: [ReLU]}}\n", "R235"),
        ("blocks: {a-b: {layers: [ReLU]}}\n", "R235"),
    ],
)
def test_what_is_wrong_with_a_definition_is_told(text, code):
    _, problems = blocks(text)
    assert [problem.code for problem in problems] == [code]
