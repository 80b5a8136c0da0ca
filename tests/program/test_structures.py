"""The words of an architecture that stand for several layers, in the flat graph."""

import pytest

from recipe.program.calling import arrange
from recipe.program.graphs import Wire
from tests.checking import LAYER, check, edited, marked, problem, with_layer
from tests.program.programs import built, network


def flat(layers: str, more: str = ""):
    """Name, class and feeders of every layer between Flatten and head."""
    graph = network(layers, more=more).graph
    return [(one.name, one.call.name, [wire.layer for wire in one.wires]) for one in graph.layers][:-1]


def test_a_residual_adds_its_input_to_its_body():
    assert flat("- Flatten:\n  as: flat\n- residual: [{Dense: 64}, ReLU]")[1:] == [
        ("residual.body.dense", "Dense", ["flat"]),
        ("residual.body.re_lu", "ReLU", ["residual.body.dense"]),
        ("residual.add", "Add", ["flat", "residual.body.re_lu"]),
    ]


def test_a_shortcut_may_have_layers_of_its_own_and_another_merge():
    residual = "{body: [{Dense: 8}], shortcut: [{Dense: 8}], merge: Multiply}"
    layers = f"- Flatten:\n  as: flat\n- residual: {residual}"
    assert flat(layers)[2:] == [
        ("residual.shortcut.dense", "Dense", ["flat"]),
        ("residual.multiply", "Multiply", ["residual.shortcut.dense", "residual.body.dense"]),
    ]


def test_layers_of_a_projection_are_left_out_where_shapes_are_equal():
    layers = "- Flatten:\n  as: flat\n- residual: {body: [{Dense: 8}], shortcut: {project: [{Dense: 8}]}}"
    graph = network(layers).graph
    conditional = graph.layer("residual.shortcut.dense")
    assert conditional.unless_equal == (Wire("flat"), Wire("residual.body.dense"))
    assert graph.layer("residual.body.dense").unless_equal == ()


def test_branches_are_fed_with_the_same_and_joined():
    layers = "- Flatten:\n  as: flat\n- parallel: {branches: [[{Dense: 3}], [], [{Dense: 4}]]}\n  as: mixed"
    assert flat(layers)[1:] == [
        ("mixed.branch.dense", "Dense", ["flat"]),
        ("mixed.branch_2.dense", "Dense", ["flat"]),
        ("mixed.concatenate", "Concatenate", ["mixed.branch.dense", "flat", "mixed.branch_2.dense"]),
    ]


def test_each_turn_of_a_repetition_is_a_scope():
    names = [name for name, _, _ in flat("- Flatten\n- repeat: {times: 2, layers: [{Dense: 3}, {Dense: 4}]}")]
    assert names[1:] == ["repeat.0.dense", "repeat.0.dense_1", "repeat.1.dense", "repeat.1.dense_1"]


def test_the_same_words_again_in_a_scope_are_numbered():
    names = [name for name, _, _ in flat("- Flatten\n- residual: [ReLU]\n- residual: [ReLU]")]
    assert names[1:] == ["residual.body.re_lu", "residual.add", "residual_1.body.re_lu", "residual_1.add"]


def test_a_body_reads_earlier_names_of_the_lists_around_it():
    layers = (
        "- Flatten:\n  as: flat\n- Dense: 64\n"
        "- residual:\n    - repeat:\n        times: 1\n        layers:\n"
        "          - Dense: 64\n            from: flat"
    )
    assert ("residual.body.repeat.0.dense", "Dense", ["flat"]) in flat(layers)


def test_a_name_inside_a_body_is_not_known_outside():
    text = with_layer("- Flatten\n- residual:\n    - Dense: 64\n      as: inner\n- Dense: 3\n  from: inner")
    assert problem(text).code == "R305"


def test_input_is_that_of_the_enclosing_body():
    layers = "- Flatten:\n  as: flat\n- residual:\n    - Dense: 64\n    - Add:\n      from: [input, input]"
    assert flat(layers)[2] == ("residual.body.add", "Add", ["flat", "flat"])


def test_a_block_sees_only_its_own_inputs():
    text = (
        with_layer("- Flatten:\n  as: flat\n- side")
        + "blocks:\n  side:\n    layers:\n      - Dense: 3\n        from: flat\n"
    )
    assert problem(text).code == "R305"


CROSS = """\
blocks:
  cross:
    inputs: [left, right]
    layers:
      - Dense: 3
        from: left
        as: one
      - Dense: 3
        from: right
        as: other
      - Add:
        from: [one, other]
        as: sum
    outputs: [sum, other]
"""


def test_a_block_with_several_inputs_is_fed_in_order_or_by_name():
    first = "- Flatten:\n  as: flat\n- Dense: 64\n  as: wide\n"
    in_order = flat(f"{first}- cross:\n  from: [flat, wide]", CROSS)
    by_name = flat(f"{first}- cross:\n  from: {{right: wide, left: flat}}", CROSS)
    previous = flat(f"{first}- cross:\n  from: {{left: flat}}", CROSS)
    assert in_order == by_name == previous
    assert [feeders for name, _, feeders in in_order if name.startswith("cross.o")] == [["flat"], ["wide"]]


def test_a_block_with_several_outputs_gives_them_names():
    cross = "- cross:\n  from: [flat, flat]\n  as: [total, side]"
    layers = f"- Flatten:\n  as: flat\n{cross}\n- Dense: 4\n  from: side"
    assert flat(layers, CROSS)[-1] == ("dense", "Dense", ["cross.other"])


def test_a_block_that_takes_two_is_not_fed_with_one():
    found = problem(with_layer("- Flatten\n- cross") + CROSS)
    assert found.code == "R239"
    assert "2 inputs (left, right)" in found.message


def test_a_layer_used_again_shares_its_weights():
    layers = "- Flatten\n- Dense: 64\n  as: wide\n- reuse: wide\n- reuse: wide\n  from: wide"
    graph = network(layers).graph
    assert [(one.name, one.shares) for one in graph.layers if one.call.name == "Dense"][:3] == [
        ("wide", ""),
        ("reuse", "wide"),
        ("reuse_1", "wide"),
    ]


def test_a_block_used_again_shares_each_of_its_layers():
    layers = "- Flatten\n- residual: [{Dense: 64}]\n  as: twin\n- reuse: twin\n  as: again\n- reuse: again"
    shares = {one.name: one.shares for one in network(layers).graph.layers}
    assert shares["again.body.dense"] == shares["reuse.body.dense"] == "twin.body.dense"
    assert shares["again.add"] == "twin.add"


def test_further_arguments_of_a_call_may_differ_each_time():
    layers = (
        "- op: {reshape: {newshape: [-1, 64]}}\n"
        "- ReversibleEmbedding: {input_dim: 17, output_dim: 8}\n  as: tokens\n"
        "- reuse: tokens\n  call: {reverse: true}\n- Flatten"
    )
    again = network(layers).graph.layer("reuse")
    assert again.shares == "tokens"
    assert again.call_arguments["reverse"].value is True


@pytest.mark.parametrize(
    ("layers", "code"),
    [
        ("- Flatten\n- reuse: nothing", "R305"),
        ("- Flatten\n- reuse: input", "R236"),
        ("- Flatten:\n  as: flat\n- residual: [{Dense: 64}]\n  from: [flat, flat]", "R239"),
        ("- Flatten\n- residual: {body: [ReLU], shortcut: sideways}", "R205"),
        ("- Flatten\n- residual: {bdy: [ReLU]}", "R203"),
        ("- Flatten\n- parallel: {branches: [ReLU]}", "R205"),
        ("- Flatten\n- op: {tale: {indices: 0}}", "R202"),
        ("- Flatten\n- Dense: 64\n  as: wide\n- reuse: wide\n  call: {casual: true}", "R203"),
    ],
)
def test_what_is_wrong_is_told_alone(layers, code):
    assert problem(with_layer(layers)).code == code


def test_an_operation_is_a_layer_of_the_graph():
    layers = "- op: {reshape: {newshape: [-1, 64]}}\n- op: {multiply: {x2: 0.5}}\n- op: relu"
    assert flat(layers) == [
        ("reshape", "reshape", ["input"]),
        ("multiply", "multiply", ["reshape"]),
        ("relu", "relu", ["multiply"]),
    ]


def test_a_head_may_be_tied_to_an_embedding():
    embedding = "- ReversibleEmbedding: {input_dim: 17, output_dim: 8}\n  as: tokens"
    text = f"- op: {{reshape: {{newshape: [-1, 64]}}}}\n{embedding}\n- ReLU"
    built = network(text).graph
    assert built.layer("head").shares == ""
    tied = network(f"{text}\n- head: {{tied_to: tokens}}\n- Flatten").graph
    head = next(one for one in tied.layers if one.name == "head")
    assert (head.shares, head.call_arguments["reverse"].value) == ("tokens", True)
    assert tied.layer("tokens").call["reverse_dtype"] == "float32"


def test_the_kernels_of_a_residual_ask_what_follows_the_sum():
    layers = (
        "- Conv2D: {filters: 1, kernel_size: 1}\n- ReLU\n"
        "- residual:\n"
        "    body: [{Conv2D: {filters: 2, kernel_size: 1}}, BatchNormalization]\n"
        "    shortcut: project\n"
        "- ReLU\n- Flatten"
    )
    found = network(layers).layers
    assert found["residual.body.conv2d"]["kernel_initializer"].name == "HeNormal"
    assert found["residual.shortcut"]["kernel_initializer"].name == "HeNormal"


@pytest.mark.parametrize(
    ("layers", "code", "blamed"),
    [
        ("- Flatten\n- reuse", "R204", "reuse"),
        ("- Flatten\n- reuse: [d]", "R205", "[d]"),
        ("- Flatten\n- Dense: 3\n  as: d\n  when: false\n- reuse: d", "R236", "d"),
        ("- Flatten\n- Dense: 3\n  as: d\n- Dense: 3\n  from: [d, d]", "R239", "Dense"),
        ("- Flatten\n- Dense: 3\n  as: d\n- LSTM: 3\n  from: [d, d, d]", "R239", "LSTM"),
        ("- Flatten\n- op: subtract", "R239", "subtract"),
        ("- Flatten\n- op: {take: {axis: 1}}", "R239", "take"),
        ("- Flatten\n- op: {take: {indices: 0}, as: first}", "R171", "as"),
        ("- Flatten\n- residual: {body: [{Dense: 64}], merge: ReLU}", "R239", "ReLU"),
        ("- Flatten\n- residual: []", "R245", "[]"),
        ("- Flatten\n- parallel: {branches: []}", "R245", "[]"),
        ("- Flatten\n- residual: [{Dense: 64}]\n  as: [a, b]\n- Add:\n  from: [a, b]", "R244", "b"),
        ("- Flatten\n- Dense: 3\n  call: {training: 3}", "R205", "3"),
    ],
)
def test_a_slip_in_the_wires_is_told_alone_at_its_place(layers, code, blamed):
    text = with_layer(layers)
    found = problem(text)
    assert (found.code, marked(found, text)) == (code, blamed)


def test_an_operation_takes_several_tensors_in_order_or_by_name():
    layers = "- Flatten\n- Dense: 3\n  as: a\n- Dense: 3\n  as: b\n"
    ordered = network(f"{layers}- op: subtract\n  from: [a, b]").layer("subtract")
    named = network(f"{layers}- op: subtract\n  from: {{x2: a}}").layer("subtract")
    assert arrange(ordered).named == {"x1": Wire("a"), "x2": Wire("b")}
    assert arrange(named).named == {"x1": Wire("b"), "x2": Wire("a")}


def test_states_of_a_recurrent_layer_are_fed_as_a_list():
    lstm = "- op: {reshape: {newshape: [8, 8]}}\n- LSTM: {units: 4, return_state: true}\n  as: [x, h, c]\n"
    layers = f"{lstm}- LSTM: 4\n  from: {{sequences: reshape, initial_state: [h, c]}}"
    layers = layers.replace("8]}}\n", "8]}}\n  as: reshape\n", 1)
    fed = network(layers).layer("lstm_1").inputs
    assert fed["initial_state"] == (Wire("lstm", 1), Wire("lstm", 2))


def test_what_is_used_again_reads_the_names_of_its_own_place():
    body = "- residual:\n    - Dense: 64\n    - Add:\n      from: [x, input]\n  as: twice\n"
    again = "- repeat:\n    times: 1\n    layers:\n      - Dense: 64\n        as: x\n      - reuse: twice"
    graph = network(f"- Flatten\n- Dense: 64\n  as: x\n{body}{again}").graph
    assert graph.layer("repeat.0.reuse.body.add").inputs[0] == Wire("x")


def test_a_reuse_may_itself_be_used_again():
    layers = "- Flatten\n- Dense: 64\n  as: a\n- reuse: a\n  as: b\n- reuse: b\n  from: {inputs: a}"
    assert network(layers).layer("reuse").shares == "a"


def test_uses_that_unfold_into_too_many_layers_are_told_once():
    uses = "".join(f"- residual: [{{reuse: r{i}}}, {{reuse: r{i}}}]\n  as: r{i + 1}\n" for i in range(30))
    text = with_layer(f"- Flatten\n- Dense: 64\n  as: r0\n{uses}")
    assert problem(text).code == "R232"


def test_an_input_may_have_the_name_of_a_class():
    text = edited(("architecture:\n", "architecture:\n  inputs: {dense: auto}\n  layers:\n"))
    layers = check(text).program.graph.layers
    assert [layer.name for layer in layers] == ["flatten", "dense_1", "head"]


def test_a_network_without_a_head_ends_in_what_its_last_block_gives():
    blocks = "blocks:\n  two: {layers: [{Dense: 10, as: a}, {Dense: 3, as: b}], outputs: [a, b]}\n"
    graph = built(edited((f"{LAYER}  - head\n", "  - two\n")) + blocks).graph
    assert list(graph.outputs.values()) == [Wire("two.a")]
