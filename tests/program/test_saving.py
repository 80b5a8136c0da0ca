import json
from dataclasses import replace

import pytest

import recipe
from recipe.diagnostics.runs import RunFolderError
from recipe.program.hashing import program_hash
from recipe.program.programs import Phase, Side
from recipe.program.saving import LONG, from_json, read_program, to_json
from tests.checking import SPEC, SPECS
from tests.program.programs import DIGITS, built

RICH = (
    SPEC.replace("- Flatten", "- RandomFlip\n  - Flatten:\n    as: flat").replace(
        "units: 64", 'units: "${data.classes}"'
    )
    + "schedule: {warmup_cosine: 10%}\n"
    "regularization:\n  weight_decay: {value: 0.1, exclude: [a]}\n  early_stopping: 3 epochs\n"
    "  label_smoothing: 0.1\n"
    "init: {match: {'head/*': {RandomNormal: {stddev: 0.1}}}}\n"
)


def through_json(program):
    return from_json(json.loads(json.dumps(to_json(program))))


@pytest.mark.parametrize("facts", [None, DIGITS])
def test_a_program_comes_back_equal(facts):
    program = built(RICH, facts).program
    assert through_json(program) == program


@pytest.mark.parametrize("path", sorted(SPECS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_shipped_program_comes_back_equal(path):
    program = recipe.load(path).program
    assert through_json(program) == program


def test_the_shipped_specs_were_found():
    assert len(list(SPECS.glob("*.yaml"))) >= 5


def test_what_comes_back_is_of_the_same_types():
    step = through_json(built(RICH).program).batch[-1]
    assert (type(step.phase), type(step.side)) == (Phase, Side)


def test_what_comes_back_has_the_same_hash():
    program = built(RICH).program
    assert program_hash(through_json(program)) == program_hash(program)


def test_a_long_text_is_written_once_however_often_it_stands_in_a_program():
    vocabulary = "ab" * LONG
    program = replace(built(RICH).program, name=vocabulary, contents={"tokenizer": vocabulary})
    assert json.dumps(to_json(program)).count(vocabulary) == 1
    assert through_json(program) == program


def test_json_holds_no_code_and_no_python():
    text = json.dumps(to_json(built(RICH).program))
    assert "recipe.program" not in text
    assert "object at 0x" not in text


@pytest.mark.parametrize(
    "content",
    [
        {"format": 2, "program": {}},
        {"format": 1, "program": 3},
        {"format": 1, "program": {"type": "Call", "name": "a", "target": "b"}},
    ],
)
def test_another_content_is_refused(content):
    with pytest.raises(ValueError, match="expected"):
        from_json(content)


@pytest.mark.parametrize("content", [{}, {"format": 1}, {"format": None, "program": {}}])
def test_what_lacks_a_part_is_refused(content):
    with pytest.raises((KeyError, TypeError)):
        from_json(content)


def test_a_type_that_is_no_part_of_a_program_is_refused():
    with pytest.raises(KeyError):
        from_json({"format": 1, "program": {"type": "Path", "parts": []}})


def test_a_folder_that_is_no_run_is_told():
    with pytest.raises(RunFolderError) as refused:
        read_program(SPECS)
    assert [problem.code for problem in refused.value.problems] == ["R601"]


def test_a_flipped_bit_of_the_format_is_damage_and_no_other_version(tmp_path):
    (tmp_path / "status.json").write_text("{}", encoding="utf-8")
    text = json.dumps(to_json(built(RICH).program))
    (tmp_path / "program.json").write_text(text.replace('"format": 1', '"format": 3', 1), encoding="utf-8")
    with pytest.raises(RunFolderError) as refused:
        read_program(tmp_path)
    assert [problem.code for problem in refused.value.problems] == ["R602"]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "[" * 100_000,
        '{"format": 1}',
        '{"format": 1, "program": {"type": "X"}}',
        '{"format": 1, "program": {"type": "text", "number": 7}, "texts": []}',
    ],
)
def test_a_damaged_program_is_told_with_what_to_do(tmp_path, content):
    (tmp_path / "status.json").write_text("{}", encoding="utf-8")
    (tmp_path / "program.json").write_text(content, encoding="utf-8")
    with pytest.raises(RunFolderError) as refused:
        read_program(tmp_path)
    (found,) = refused.value.problems
    assert (found.code, "recipe fit" in found.help) == ("R602", True)
