from recipe.program.graphs import Wire
from tests.checking import LAYER, edited, problem, told, with_layer
from tests.program.programs import built, facts, network


def test_each_layer_is_fed_by_the_one_before():
    graph = network("- Flatten\n- Dense: 3").graph
    assert [(layer.name, layer.inputs) for layer in graph.layers] == [
        ("flatten", (Wire("input"),)),
        ("dense", (Wire("flatten"),)),
        ("head", (Wire("dense"),)),
    ]


def test_the_output_of_the_head_is_the_target():
    assert network("- Flatten").graph.outputs == {"digit": Wire("head")}


def test_without_a_head_the_last_layer_is_the_output():
    text = with_layer("- Dense: 10").replace("  - head\n", "")
    assert built(text).graph.outputs == {"digit": Wire("dense")}


def test_from_feeds_a_layer_something_else():
    layers = "- Flatten:\n  as: flat\n- Dense: 3\n- Dense: 4\n  from: flat\n- Dense: 5\n  from: input"
    graph = network(layers).graph
    assert graph.layer("dense_1").inputs == (Wire("flat"),)
    assert graph.layer("dense_2").inputs == (Wire("input"),)


def test_from_may_name_several_outputs():
    layers = "- Flatten:\n  as: flat\n- Dense: 3\n  as: a\n- Add:\n  from: [a, a]"
    assert network(layers).layer("add").inputs == (Wire("a"), Wire("a"))


def test_from_may_name_call_arguments():
    layers = (
        "- Reshape: [8, 8]\n  as: rows\n- MultiHeadAttention: {num_heads: 1, key_dim: 2}\n"
        "  from: {query: rows, value: rows}\n- Flatten"
    )
    assert network(layers).layer("multi_head_attention").inputs == {
        "query": Wire("rows"),
        "value": Wire("rows"),
    }


def test_one_layer_may_give_several_outputs():
    layers = (
        "- Reshape: [8, 8]\n- LSTM: {units: 3, return_state: true}\n  as: [sequence, h, c]\n"
        "- Dense: 3\n  from: c"
    )
    graph = network(layers).graph
    assert graph.layer("lstm").name == "lstm", "a layer with several outputs is named by its class"
    assert graph.layer("dense").inputs == (Wire("lstm", 2),)


def test_a_layer_that_is_switched_off_passes_its_input_on():
    layers = "- Flatten\n- Dense: 3\n  as: extra\n  when: false\n- Dense: 4\n- Dense: 5\n  from: extra"
    graph = network(layers).graph
    assert [layer.name for layer in graph.layers] == ["flatten", "dense", "dense_1", "head"]
    assert graph.layer("dense").inputs == (Wire("flatten"),)
    assert graph.layer("dense_1").inputs == (Wire("flatten"),)


def test_an_unknown_name_lists_the_names_before_it():
    found = problem(with_layer("- Dense: 3\n  as: stem\n- Dense: 4\n  from: far\n- Dense: 5\n  as: far"))
    assert (found.code, found.known) == ("R305", ("input", "stem"))


def test_a_name_twice_shows_both_places():
    found = problem(with_layer("- Dense: 3\n  as: x\n- Dense: 3\n  as: x"))
    assert found.code == "R306"
    assert (found.further[0].span.line, found.span.line) == (9, 11)


def test_a_layer_with_a_name_that_is_taken_ties_no_knot():
    found = told(with_layer("- Dense: 3\n  as: input\n- Dense: 3\n  as: input"))
    assert [one.code for one in found] == ["R306", "R306"]


def test_an_architecture_without_a_layer_is_refused():
    empty = f"  - Flatten\n{LAYER}  - head\n"
    assert problem(edited((f"architecture:\n{empty}", "architecture: []\n"))).code == "R318"


def test_two_heads_for_one_target_blame_the_second():
    found = network("- Flatten\n- head")
    assert found.codes == ["R312"]
    assert found.problems[0].span.line == 9


def test_a_head_may_name_its_target():
    found = built(edited(("- head", "- head: digit")))
    assert (found.graph.outputs, found.codes) == ({"digit": Wire("head")}, [])


def test_a_head_for_an_unknown_target_is_refused_with_a_suggestion():
    found = built(edited(("- head", "- head: digits")))
    assert found.codes == ["R321"]
    assert found.problems[0].label == "did you mean `digit`?"


def test_while_the_data_is_not_read_the_output_has_the_name_of_the_layer():
    assert network("- Flatten", facts=None).graph.outputs == {"head": Wire("head")}


def test_followers_are_found_by_name():
    layers = "- Flatten:\n  as: flat\n- Dense: 3\n- Add:\n  from: [flat, flat]"
    followers = network(layers).graph.followers
    assert [layer.name for layer in followers["flat"]] == ["dense", "add"]
    assert "head" not in followers


def test_a_target_of_another_name_is_the_output():
    assert network("- Dense: 3", facts("number", "price")).graph.outputs == {"price": Wire("head")}
