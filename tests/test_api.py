import copy
import json
import os
import subprocess
import sys

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import recipe
from recipe.api import Checked, prepare
from recipe.diagnostics.problems import RecipeError, Severity, errors
from recipe.diagnostics.rendering import FORMATS, render_text
from tests.checking import SPEC, SPECS, check, edited

SHIPPED = sorted(SPECS.glob("*.yaml"))
FRAMEWORKS = ("tensorflow", "keras", "jax", "torch", "numpy", "pandas", "matplotlib", "scipy", "PIL")

LOOKS_AT_MODULES = f"""
import json, sys
import recipe
after_import = [name for name in {FRAMEWORKS} if name in sys.modules]
told = [len(recipe.check(path).problems) for path in sys.argv[1:]]
after_check = [name for name in {FRAMEWORKS} if name in sys.modules]
print(json.dumps([after_import, told, after_check]))
"""


def test_neither_importing_recipe_nor_checking_a_shipped_spec_loads_a_framework():
    """In a process of its own: what other tests have loaded must not be seen."""
    command = [sys.executable, "-c", LOOKS_AT_MODULES, *map(str, SHIPPED)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COV_")}
    result = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    after_import, told, after_check = json.loads(result.stdout)
    assert (after_import, after_check) == ([], [])
    assert len(told) == len(SHIPPED) >= 5


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_spec_has_no_error(path):
    found = recipe.check(path)
    assert [one.message for one in errors(found.problems)] == []
    assert found.program is not None
    assert found.spec is not None


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_spec_is_named_after_its_file(path):
    assert recipe.load(path).program.name == path.stem


def test_a_path_and_a_text_are_checked_alike(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text(edited(("relu", "rellu")), encoding="utf-8")
    from_file = recipe.check(path)
    from_text = recipe.check(str(path), text=path.read_text(encoding="utf-8"))
    assert from_file == from_text


def test_checking_twice_finds_the_same():
    text = edited(("relu", "rellu"), ("epochs", "epoch"))
    assert check(text) == check(text)


def test_a_missing_file_is_a_problem_with_the_nearest_one(tmp_path):
    (tmp_path / "spec.yaml").write_text(SPEC, encoding="utf-8")
    (found,) = recipe.check(tmp_path / "spce.yaml").problems
    assert (found.code, found.help) == ("R101", "did you mean `spec.yaml`?")


@pytest.mark.parametrize("path", ["/dev/zero", "/dev/null", "/"])
def test_what_is_no_file_is_refused_and_never_read(path):
    (found,) = recipe.check(path).problems
    assert found.code == "R102"


def test_a_text_that_is_no_yaml_ends_the_check_with_its_place():
    found = check("recipe: [1\n")
    assert (found.spec, found.program) == (None, None)
    assert found.problems[0].span.line == 1
    assert found.texts.line("mine.yaml", 1) == "recipe: [1"


def test_the_name_of_a_run_is_the_name_of_the_file_unless_said():
    unnamed = edited(("name: small\n", ""))
    assert check(unnamed, source="specs/big.yaml").program.name == "big"
    assert check(unnamed, source="<stdin>").program.name == "stdin"
    assert check(unnamed, source="2024.yaml").program.name == "run-2024"
    assert check(unnamed, source="spéc né.yaml").program.name == "spec-ne"
    for source in ("训练.yaml", "<stdin>", f"{'a' * 99}.yaml"):
        name = check(unnamed, source=source).program.name
        assert check(f"name: {name}\n{unnamed}").program is not None, source
    assert check(SPEC, source="specs/big.yaml").program.name == "small"


def test_all_files_that_were_read_are_there_for_the_messages(tmp_path):
    (tmp_path / "base.yaml").write_text(SPEC, encoding="utf-8")
    top = tmp_path / "top.yaml"
    top.write_text("extends: base.yaml\n", encoding="utf-8")
    found = recipe.check(top, ["training.epochs=x"])
    assert set(found.texts.by_source) == {str(top), str(tmp_path / "base.yaml"), "--set 1"}
    assert "training.epochs=x" in render_text(found.problems, found.texts, colour=False, width=80)


def test_warnings_alone_leave_a_program():
    found = check(SPEC + "schedule: {warmup_cosine: 90%}\n")
    assert {one.severity for one in found.problems} == {Severity.WARNING}
    assert found.program is not None


def test_loading_raises_every_error_at_once():
    with pytest.raises(RecipeError) as refused:
        recipe.load("mine.yaml", text=edited(("relu", "rellu"), ("epochs", "epoch")))
    assert [one.code for one in refused.value.problems] == ["R205", "R201"]
    assert refused.value.texts.line("mine.yaml", 1) == "recipe: 1"
    assert str(refused.value).startswith("`architecture.Dense.activation` must be")


def test_overrides_are_layers_in_their_order():
    spec = recipe.load("mine.yaml", ["training.epochs=5", "training.epochs=7"], text=SPEC)
    assert spec.program.training.epochs == 7


def test_explain_finds_the_history_of_a_key():
    spec = recipe.load("mine.yaml", ["optimizer.learning_rate=1e-4"], text=SPEC)
    (entry,) = recipe.api.explain(spec, "learning_rate")
    assert (entry.value, entry.span.source, len(entry.overrode)) == ("0.0001", "--set 1", 1)


def test_preparing_reads_the_data_and_settles_the_program():
    prepared = prepare(recipe.load("mine.yaml", text=SPEC))
    assert prepared.program.facts.examples == {"train": 1258, "validation": 180, "test": 359}
    assert prepared.program.training.total_steps == 120
    assert prepared.program.graph.layer("head").call["units"] == 10


def test_what_the_data_refuses_is_told_with_the_texts():
    spec = recipe.load("mine.yaml", text=edited(("64", '"${data.classes - 20}"')))
    with pytest.raises(RecipeError) as refused:
        prepare(spec)
    assert [one.code for one in refused.value.problems] == ["R205"]
    assert refused.value.texts is spec.texts


# -- no text is too strange -----------------------------------------------------------------------

WORDS = """
    off auto required relu Dense head 10% x0.1 $a ${data.classes} ${ $ data input 1e-3 a.b A.B é😀 Zeros {a}
    HeNormal() null full [ - &a *a !b
""".split()
NUMBERS = (0, -1, 3, 0.5, 1e308, float("inf"), float("nan"), 2**63)
STRANGE = st.sampled_from([None, True, *NUMBERS, *WORDS, "", "\t", "a" * 300, "5 epochs"]) | st.text(
    max_size=8
)
VALUES = st.recursive(
    STRANGE,
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.sampled_from(["a", "as", "Dense"]), below),
    max_leaves=5,
)
KEYS = st.sampled_from(
    """
    recipe name data architecture layers optimizer units from as when call Dense AdamW vars extends loss
    metrics learning_rate init match default schedule regularization best max source csv path target
    features split groups weight Bidirectional runtime inputs callbacks augmentation ignore
    """.split()
)


def places(node, path=()):
    """Every path in a tree of mappings and lists."""
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in children:
        yield (*path, key)
        yield from places(child, (*path, key))


def at(node, path):
    for key in path:
        node = node[key]
    return node


@st.composite
def mutated(draw):
    """A shipped spec in which a few keys or values were changed for others."""
    spec = copy.deepcopy(yaml.safe_load(draw(st.sampled_from(SHIPPED)).read_text(encoding="utf-8")))
    for _ in range(draw(st.integers(1, 3))):
        paths = list(places(spec))
        if not paths:
            break
        *above, key = draw(st.sampled_from(paths))
        parent = at(spec, above)
        change = draw(st.sampled_from(["drop", "value", "rename", "swap", "add", "wrap"]))
        if change == "drop":
            del parent[key]
        elif change == "value":
            parent[key] = draw(VALUES)
        elif change == "rename" and isinstance(parent, dict):
            parent[draw(KEYS)] = parent.pop(key)
        elif change == "swap":
            parent[key] = copy.deepcopy(at(spec, draw(st.sampled_from(paths))))
        elif change == "add" and isinstance(parent, dict):
            parent[draw(KEYS)] = draw(VALUES)
        else:
            parent[key] = draw(st.sampled_from([[parent[key]], {"Dense": parent[key]}]))
    return yaml.safe_dump(spec, sort_keys=False, allow_unicode=True)


def assert_is_sound(found: Checked) -> None:
    """Every problem can be shown in every format, stands in the text, and errors leave no Program."""
    assert (found.program is None) == bool(errors(found.problems))
    assert "Traceback" not in render_text(found.problems, found.texts, colour=False, width=80)
    for render in FORMATS.values():
        render(found.problems, found.texts)
    for one in found.problems:
        assert one.message
        assert not one.message.endswith(".")
        if one.span is not None:
            text = found.texts.by_source[one.span.source]
            assert 1 <= one.span.line <= len(text.splitlines()) + 1


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mutated())
def test_no_spec_brings_the_checker_down(text):
    assert_is_sound(check(text))


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(["training", "optimizer", "schedule", "vars", "data.source", "init", ""]), KEYS, VALUES
)
def test_no_override_brings_the_checker_down(path, key, value):
    text = json.dumps(value) if not isinstance(value, str) else value
    assert_is_sound(check(SPEC, [f"{path}.{key}={text}".lstrip(".")]))


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200))
def test_no_text_at_all_brings_the_checker_down(text):
    assert_is_sound(check(text))
