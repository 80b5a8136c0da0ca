"""The picture of a network: every layer a box, scopes around them, turns that are alike once."""

from xml.etree import ElementTree

from recipe.report.networks import draw_network
from tests.program.programs import network

SVG = "{http://www.w3.org/2000/svg}"


def picture(layers: str, **shapes: str) -> ElementTree.Element:
    """The picture of the small spec with other layers before its head."""
    return ElementTree.fromstring(draw_network(network(layers).graph, shapes))


def texts(root: ElementTree.Element) -> list[str]:
    return [str(one.text) for one in root.iter(f"{SVG}text")]


def arrows(root: ElementTree.Element) -> int:
    return sum(one.get("marker-end") is not None for one in root.iter(f"{SVG}path"))


def test_every_layer_is_a_box_with_its_class_and_shape():
    root = picture("- Flatten\n- Dense: 3", input="(8, 8, 1)", dense="(3,)")
    assert texts(root) == ["input  (8, 8, 1)", "Flatten", "Dense  (3,)", "Dense"]
    assert arrows(root) == 3


def test_a_scope_is_a_box_with_its_name_and_the_shortcut_an_arrow():
    root = picture("- Flatten\n- residual: [{Dense: 64}, ReLU]")
    assert texts(root) == ["input", "Flatten", "residual", "body", "Dense", "ReLU", "Add", "Dense"]
    assert arrows(root) == 6


def test_turns_that_are_alike_are_drawn_once():
    root = picture("- Flatten\n- repeat: {times: 40, layers: [{residual: [{Dense: 64}]}]}")
    assert "repeat  x 40" in texts(root)
    assert texts(root).count("Add") == 1


def test_turns_that_differ_are_all_drawn():
    shapes = {"repeat.0.dense": "(3,)", "repeat.1.dense": "(4,)"}
    root = ElementTree.fromstring(
        draw_network(
            network("- Flatten\n- repeat: {each: {units: [3, 4]}, layers: [{Dense: $units}]}").graph, shapes
        )
    )
    assert [text for text in texts(root) if text.startswith("Dense  ")] == ["Dense  (3,)", "Dense  (4,)"]


def test_branches_stand_side_by_side():
    root = picture("- Flatten\n- parallel: {branches: [[{Dense: 3}], [{Dense: 4}]]}")
    boxes = {str(one.text): one for one in root.iter(f"{SVG}text")}
    assert boxes["branch"].get("y") == boxes["branch_1"].get("y")
    assert float(boxes["branch"].get("x")) < float(boxes["branch_1"].get("x"))


def test_no_box_reaches_out_of_the_picture():
    root = picture(
        "- Flatten\n- repeat: {times: 2, layers: [{parallel: {branches: [[ReLU], [{Dense: 3}]]}}]}"
    )
    width, height = float(root.get("width")), float(root.get("height"))
    for box in root.iter(f"{SVG}rect"):
        assert float(box.get("x", 0)) + float(box.get("width")) <= width
        assert float(box.get("y", 0)) + float(box.get("height")) <= height


def test_names_with_marks_of_xml_do_no_harm():
    assert texts(picture("- Flatten", input="<&>"))[0] == "input  <&>"


def test_the_same_network_gives_the_same_picture():
    graph = network("- Flatten\n- residual: [{Dense: 64}]").graph
    assert draw_network(graph, {}) == draw_network(graph, {})
