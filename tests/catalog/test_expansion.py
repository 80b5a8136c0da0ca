"""`repeat` and blocks: what is written once, checked for each turn and use."""

from itertools import pairwise

import pytest

from recipe.catalog.calls import Call
from recipe.catalog.layer_words import MAX_LAYERS
from tests.checking import check, marked, problem, told, with_layer
from tests.speeds import least_seconds

DENSE = "{Dense: {units: $units, activation: $act}}"
WIDE = f"blocks:\n  wide: {{vars: {{units: required, act: relu}}, layers: [{DENSE}]}}\n"


def unfolded(layers: str, more: str = "") -> list[Call]:
    """What is built, turn for turn and block for block, by the layers between Flatten and head."""
    checked = check(with_layer(layers) + more)
    assert checked.spec is not None, [one.message for one in checked.problems]
    return _calls(checked.spec["architecture"]["layers"])[1:-1]


def _calls(steps) -> list[Call]:
    found = []
    for step in steps:
        bodies = [step.call[name] for name in ("turns", "branches") if name in step.call]
        bodies += [[step.call[name]] for name in ("layers", "body") if name in step.call]
        found += [call for body in bodies for part in body for call in _calls(part)] or [step.call]
    return found


def test_a_repetition_has_a_turn_for_each_count():
    assert [call["units"] for call in unfolded("- repeat: {times: 3, layers: [{Dense: 4}]}")] == [4, 4, 4]


def test_no_turns_are_no_layers():
    assert unfolded("- repeat: {times: 0, layers: [{Dense: 4}]}\n- ReLU")[-1].name == "ReLU"


def test_lists_are_bound_in_lock_step():
    layers = f"- repeat: {{each: {{units: [8, 4], act: [relu, tanh]}}, layers: [{DENSE}]}}"
    assert [(call["units"], call["activation"]) for call in unfolded(layers)] == [(8, "relu"), (4, "tanh")]


def test_the_index_counts_from_zero_and_may_have_another_name():
    nested = "{repeat: {times: 2, index: inner, layers: [{Dense: '${1 + 10 * index + inner}'}]}}"
    layers = f"- repeat: {{times: 2, layers: [{nested}]}}"
    assert [call["units"] for call in unfolded(layers)] == [1, 2, 11, 12]


def test_turns_that_use_no_variable_of_theirs_are_resolved_once():
    checked = check(with_layer("- repeat: {times: 50, layers: [{Dense: 4}]}"))
    turns = checked.spec["architecture"]["layers"][1].call["turns"]
    assert len(turns) == 50
    assert all(turn is turns[0] for turn in turns)


def test_a_slip_inside_a_repetition_is_told_once():
    found = problem(with_layer("- repeat: {times: 3, layers: [{Dense: {units: '${index - 5}'}}]}"))
    assert (found.code, found.span.line) == ("R205", 8)


@pytest.mark.parametrize(
    ("layers", "code"),
    [
        ("- repeat: {layers: [ReLU]}", "R302"),
        ("- repeat: {times: 2}", "R204"),
        ("- repeat: {times: -1, layers: [ReLU]}", "R205"),
        ("- repeat: {times: 2, each: {units: [1, 2, 3]}, layers: [{Dense: $units}]}", "R234"),
        (f"- repeat: {{each: {{units: [1, 2], act: [relu]}}, layers: [{DENSE}]}}", "R234"),
        ("- repeat: {each: {if: [1, 2]}, layers: [{Dense: 3}]}", "R165"),
        ("- repeat: {each: {units: [1, 2]}, layers: [{Dense: 3}]}", "R220"),
        ("- repeat: {times: 2, turns: 3, layers: [ReLU]}", "R203"),
        ("- repeat: {times: 2, layers: ReLU}", "R205"),
        ("- repeat: {times: 2, layers: [{Dens: 3}]}", "R202"),
    ],
)
def test_what_is_wrong_with_a_repetition_is_told_alone(layers, code):
    assert [one.code for one in told(with_layer(layers))] == [code]


def test_a_block_is_its_layers_with_the_arguments_of_the_use():
    calls = unfolded("- wide: {units: 8, act: tanh}\n- wide: 4", WIDE)
    assert [(call["units"], call["activation"]) for call in calls] == [(8, "tanh"), (4, "relu")]


def test_a_default_may_use_another_variable_and_those_of_the_spec():
    variables = "{units: required, half: '${units // k}'}"
    blocks = f"blocks:\n  cone: {{vars: {variables}, layers: [{{Dense: $units}}, {{Dense: $half}}]}}\n"
    assert [call["units"] for call in unfolded("- cone: 8", f"{blocks}vars: {{k: 2}}\n")] == [8, 4]


def test_a_block_does_not_see_the_index_of_a_repetition_around_it():
    blocks = "blocks:\n  wide: {layers: [{Dense: '${index + 1}'}]}\n"
    assert problem(with_layer("- repeat: {times: 2, layers: [wide]}") + blocks).code == "R158"


def test_an_argument_of_a_block_is_evaluated_where_it_is_written():
    layers = "- repeat: {times: 2, layers: [{wide: '${index + 1}'}]}"
    assert [call["units"] for call in unfolded(layers, WIDE)] == [1, 2]


def test_a_bad_argument_of_a_block_is_told_where_it_is_written():
    text = with_layer("- wide: {units: -8}") + WIDE
    found = problem(text)
    assert (found.code, marked(found, text)) == ("R205", "-8")


def test_a_value_may_be_left_open_for_a_layer_that_is_then_skipped():
    layers = "[{Dense: $units, when: '${units != null}'}, ReLU]"
    blocks = f"blocks:\n  maybe: {{vars: {{units: null}}, layers: {layers}}}\n"
    steps = check(with_layer("- maybe") + blocks).spec["architecture"]["layers"][1].call["layers"]
    assert [step.active for step in steps] == [False, True]


def test_a_skipped_layer_is_still_checked_as_far_as_no_variable_decides():
    assert problem(with_layer("- Dense: {units: 3, activatoin: relu}\n  when: false")).code == "R203"


@pytest.mark.parametrize(
    ("layers", "blocks", "code"),
    [
        ("- wide", WIDE, "R204"),
        ("- wide: {units: 3, act: relu, bias: 1}", WIDE, "R203"),
        ("- wide: {units: {a: 1}}", WIDE, "R233"),
        ("- wide: ${data.classes}", WIDE, "R212"),
        ("- wdie: 3", WIDE, "R202"),
        ("- basic", "blocks:\n  basic: {layers: [ReLU, basic]}\n", "R230"),
        ("- one", "blocks:\n  one: {layers: [two]}\n  two: {layers: [one]}\n", "R230"),
        ("- ReLU", "blocks:\n  basic: {layers: [ReLU]}\n", "R231"),
        ("- ReLU", "blocks:\n  head: {layers: [ReLU]}\n", "R235"),
        ("- ReLU", "blocks:\n  Basic: {layers: [ReLU]}\n", "R235"),
        ("- basic", "blocks:\n  basic: {layers: [ReLU], vars: {x: 1}}\n", "R220"),
        ("- basic", "blocks:\n  basic: {layer: [ReLU]}\n", "R201"),
        ("- basic", "blocks:\n  basic: [ReLU]\n", "R205"),
        ("- basic", "blocks: [ReLU]\n", "R205"),
        ("- basic", "blocks:\n  basic: {layers: [ReLU], outputs: [left]}\n", "R240"),
    ],
)
def test_what_is_wrong_with_a_block_is_told(layers, blocks, code):
    assert code in [one.code for one in told(with_layer(layers) + blocks)]


@pytest.mark.parametrize("index", ["", "index: i, "])
def test_too_many_layers_are_refused_before_they_are_built(index):
    inner = f"{{repeat: {{times: 1000, {index}layers: [{{Dense: '${{index + 1}}'}}]}}}}"
    text = with_layer(f"- repeat: {{times: 1000, layers: [{inner}]}}")
    found = told(text)
    assert found[0].code == "R232"
    assert least_seconds(lambda: told(text), 2.0) < 2.0
    assert f"{MAX_LAYERS:,}" in found[0].message


def test_blocks_that_double_each_other_are_counted_not_unfolded():
    names = [f"b{number}" for number in range(30)]
    body = "".join(f"  {one}: {{layers: [{two}, {two}]}}\n" for one, two in pairwise(names))
    text = with_layer("- b0") + f"blocks:\n{body}  b29: {{layers: [ReLU]}}\n"
    assert problem(text).code == "R232"
    assert least_seconds(lambda: problem(text), 2.0) < 2.0


@pytest.mark.parametrize(
    ("layers", "blocks", "blamed"),
    [
        ("- repeat: {times: 2, index: 3, layers: [ReLU]}", "", "3"),
        ("- repeat: {times: 2, index: i, layers: [ReLU]}", "", "i"),
        ("- repeat: {each: {i: [3, 4]}, index: i, layers: [{Dense: $i}]}", "", "i"),
        ("- repeat: {each: {units: 3}, layers: [{Dense: $units}]}", "", "3"),
        ("- wide: {units: }", WIDE, "units"),
        ("- basic", "blocks:\n  basic: {vars: {if: required}, layers: [ReLU]}\n", "if"),
        ("- basic", "blocks:\n  basic: {vars: {x: }, layers: [{Dense: $x}]}\n", "x"),
        ("- basic", "blocks:\n  basic: {vars: {data: 1}, layers: [{Dense: $data}]}\n", "data"),
        ("- basic", "blocks:\n  basic: {inputs: [], layers: [ReLU]}\n", "[]"),
        ("- basic", "blocks:\n  basic: {inputs: [a, a], layers: [ReLU]}\n", "a"),
        ("- basic", "blocks:\n  basic: {outputs: [a, a], layers: [{ReLU: , as: a}]}\n", "a"),
        ("- basic", "blocks:\n  basic: {vars: {x: 1}}\n", "basic"),
        ("- basic:\n  from: [input, input]", "blocks:\n  basic: {inputs: [a, b], layers: [ReLU]}\n", "b"),
        ("- Dense: $units\n  when: false", "", "$units"),
    ],
)
def test_a_slip_in_a_repetition_or_block_is_told_once_at_its_place(layers, blocks, blamed):
    text = with_layer(layers) + blocks
    assert marked(problem(text), text) == blamed


@pytest.mark.parametrize("value", ["times: $bad", "each: {u: $bad}", "times: 2, index: $bad"])
def test_a_repetition_over_a_wrong_variable_is_not_told_again(value):
    layers = f"- repeat: {{{value}, layers: [ReLU]}}\n- wide: $bad"
    assert problem(with_layer(layers) + WIDE + "vars: {bad: '${1 / 0}'}\n").code == "R160"


def test_a_bad_argument_is_told_where_the_outermost_block_was_given_it():
    text = with_layer("- outer: {units: -8}") + WIDE.replace(
        "blocks:\n", "blocks:\n  outer: {vars: {units: required}, layers: [{wide: $units}]}\n"
    )
    assert marked(problem(text), text) == "-8"


def test_uses_of_a_block_with_equal_numbers_of_other_types_are_told_apart():
    layers = "- repeat: {each: {units: [1, true]}, layers: [{wide: $units}]}"
    assert problem(with_layer(layers) + WIDE).code == "R205"


def test_blocks_that_lie_too_deep_in_each_other_are_told():
    names = [f"b{number}" for number in range(400)]
    body = "".join(f"  {one}: {{layers: [{two}]}}\n" for one, two in pairwise(names))
    assert problem(with_layer("- b0") + f"blocks:\n{body}  b399: {{layers: [ReLU]}}\n").code == "R247"
