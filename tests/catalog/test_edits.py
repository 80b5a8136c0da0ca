"""`architecture.edit`: an inherited architecture with some of its named layers changed."""

import pytest

from recipe.api import check
from tests.checking import SPEC, edited

BASE = edited(
    (
        "  - Dense: {units: 64, activation: relu}\n",
        "  - Dense: 64\n    as: stem\n"
        "  - residual:\n      - Dense: 64\n        as: middle\n    as: middle_out\n"
        "  - Add:\n    from: [middle_out, stem]\n  - Dense: 8\n    as: end\n",
    )
)


@pytest.fixture
def wired(tmp_path):
    """The graph of a spec that extends BASE."""
    (tmp_path / "base.yaml").write_text(BASE, encoding="utf-8")

    def of(architecture: str, base: str = "base.yaml"):
        found = check(str(tmp_path / "top.yaml"), text=f"extends: {base}\narchitecture: {architecture}\n")
        assert found.program is not None, [problem.message for problem in found.problems]
        return found.program.graph

    return of


@pytest.fixture
def layers(wired):
    """The names and classes of the layers of a spec that extends BASE."""
    return lambda architecture: {layer.name: layer.call for layer in wired(architecture).layers}


@pytest.fixture
def problems(tmp_path):
    """The problems of a spec that extends BASE."""
    (tmp_path / "base.yaml").write_text(BASE, encoding="utf-8")

    def of(architecture: str):
        text = f"extends: base.yaml\narchitecture: {architecture}\n"
        return [one for one in check(str(tmp_path / "top.yaml"), text=text).problems if one.code[0] == "R"]

    return of


def test_a_named_layer_is_replaced_and_the_name_stays(layers):
    found = layers("{edit: {stem: {Dense: {units: 64, activation: tanh}}}}")
    assert found["stem"]["activation"] == "tanh"


def test_a_bare_name_replaces_too(layers):
    assert layers("{edit: {end: ReLU}}")["end"].name == "ReLU"


def test_a_list_takes_the_name_with_its_last_layer(layers):
    found = layers("{edit: {end: [{Dense: 16}, {Dense: 4}]}}")
    assert (found["dense"]["units"], found["end"]["units"]) == (16, 4)


def test_a_layer_is_wrapped_and_keeps_its_name(layers):
    found = layers("{edit: {stem: [LayerNormalization, original, {Dropout: 0.1}]}}")
    assert list(found)[1:4] == ["layer_normalization", "stem", "dropout"]


READ = "[original, {{Dropout: 0.1}}{beside}]"


@pytest.mark.parametrize(("beside", "read"), [("", "dropout"), (", ReLU", "re_lu")])
def test_who_reads_the_name_of_a_wrapped_layer_reads_the_last(wired, beside, read):
    architecture = f"{{edit: {{stem: {READ.format(beside=beside)}}}}}"
    assert wired(architecture).layer("add").wires[1].layer == read


def test_a_wrapped_layer_may_be_wrapped_again_and_used_again(wired, tmp_path):
    base = BASE.replace("  - head", "  - Dense: 64\n  - reuse: stem\n  - head")
    (tmp_path / "base.yaml").write_text(base, encoding="utf-8")
    once = "extends: base.yaml\narchitecture: {edit: {stem: [original, {Dropout: 0.1}]}}\n"
    (tmp_path / "once.yaml").write_text(once, encoding="utf-8")
    graph = wired("{edit: {stem: [original, ReLU]}}", "once.yaml")
    assert [layer.name for layer in graph.layers][1:4] == ["stem", "re_lu", "dropout"]
    assert graph.layer("add").wires[1].layer == "dropout"
    assert graph.layer("reuse").shares == "stem"


def test_layers_beside_an_edit_leave_it_nothing_to_change(problems):
    (found,) = problems("{layers: [Flatten, head], edit: {stem: [original, ReLU]}}")
    assert found.code == "R237"
    assert found.message.endswith("`layers` beside it takes the place of that")


def test_what_is_removed_passes_its_input_on_under_its_name(layers):
    assert "stem" not in layers("{edit: {stem: []}}")


def test_layers_inside_bodies_are_found_too(layers):
    found = layers("{edit: {middle: {Dense: {units: 64, activation: elu}}}}")
    assert found["middle_out.body.middle"]["activation"] == "elu"


def test_a_name_that_is_not_there_is_told_with_those_that_are(problems):
    (found,) = problems("{edit: {stme: ReLU}}")
    assert (found.code, found.label) == ("R237", "did you mean `stem`?")
    assert "middle" in found.help


def test_an_edit_of_nothing_inherited_is_told():
    text = edited(("architecture:\n", "architecture:\n  edit: {stem: ReLU}\n  layers:\n"))
    codes = [one.code for one in check("mine.yaml", text=text).problems]
    assert "R237" in codes


def test_a_slip_in_a_replacement_is_told_where_it_stands(problems):
    (found,) = problems("{edit: {stem: {Dens: 3}}}")
    assert (found.code, found.span.line) == ("R202", 2)


def test_the_small_spec_has_nothing_to_edit():
    assert check("mine.yaml", text=SPEC).program is not None


FED = "from: stem\n    as: side\n  - Add:\n    from: [side, end]\n"


@pytest.mark.parametrize(
    ("edit", "first"),
    [("ReLU", "side"), ("[LayerNormalization, original]", "layer_normalization")],
)
def test_what_stands_in_the_place_of_a_layer_is_fed_as_it_was(tmp_path, edit, first):
    base = BASE.replace("as: end\n", f"as: end\n  - Dense:\n      units: 8\n    {FED}")
    (tmp_path / "base.yaml").write_text(base, encoding="utf-8")
    text = f"extends: base.yaml\narchitecture: {{edit: {{side: {edit}}}}}\n"
    found = check(str(tmp_path / "top.yaml"), text=text)
    assert found.program is not None, [problem.message for problem in found.problems]
    assert found.program.graph.layer(first).wires[0].layer == "stem"


def test_an_edit_that_is_no_mapping_is_told(problems):
    assert [found.code for found in problems("{edit: [stem]}")] == ["R205"]
