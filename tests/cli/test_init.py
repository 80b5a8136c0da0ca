"""`recipe init` and `recipe templates`."""

import json
import re
from pathlib import Path

import pytest

from recipe.program.shipped import SPECS, shipped_specs
from recipe.program.templates import shipped_templates
from tests.cli.conftest import Cli


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def written(name: str) -> bytes:
    """What `init` writes for a template: its text below the line for editors."""
    return b"# yaml-language-server: $schema=recipe.schema.json\n" + (SPECS / f"{name}.yaml").read_bytes()


def test_a_template_is_copied_and_the_next_command_is_told(cli: Cli, empty: Path) -> None:
    said = cli("init", "xor")
    assert (said.code, said.out) == (0, "xor.yaml\n")
    assert said.err.endswith("\nnext: recipe fit xor.yaml\n")
    assert (empty / "xor.yaml").read_bytes() == written("xor")


def test_the_schema_that_the_first_line_names_lies_beside_the_spec(cli: Cli, empty: Path) -> None:
    said = cli("init", "xor", "-o", "specs/mine.yaml")
    beside = empty / "specs" / "recipe.schema.json"
    assert "specs/recipe.schema.json is for editors" in said.err
    assert beside.read_text() == cli("schema").out
    assert (empty / "specs" / "mine.yaml").read_bytes() == written("xor")


def test_a_schema_that_is_there_stays_even_by_force(cli: Cli, empty: Path) -> None:
    (empty / "recipe.schema.json").write_text("{}")
    said = cli("init", "xor", "--force")
    assert said.code == 0
    assert "recipe.schema.json was there and stays" in said.err
    assert (empty / "recipe.schema.json").read_text() == "{}"


def test_a_file_is_never_overwritten_unless_asked(cli: Cli, empty: Path) -> None:
    mine = empty / "mine.yaml"
    mine.write_text("my work")
    said = cli("init", "xor", "-o", "mine.yaml")
    assert said.code == 1
    assert "`mine.yaml` exists already" in said.err
    assert mine.read_text() == "my work"
    assert cli("init", "xor", "-o", "mine.yaml", "--force").code == 0
    assert mine.read_bytes() == written("xor")


def test_a_dash_writes_to_standard_output(cli: Cli, empty: Path) -> None:
    assert cli("init", "xor", "-o", "-").out == (SPECS / "xor.yaml").read_text()
    assert list(empty.iterdir()) == []


def test_an_unknown_template_ends_with_1_and_the_one_that_was_meant(cli: Cli, empty: Path) -> None:
    said = cli("init", "xro")
    assert said.code == 1
    assert "did you mean `xor`?" in said.err


def test_without_a_name_the_templates_are_listed(cli: Cli, empty: Path) -> None:
    said = cli("init")
    assert said.code == 0
    indented = [line.split()[0] for line in said.out.splitlines() if line.startswith("  ") and line[2] != " "]
    assert indented == [template.name for template in shipped_templates()]
    assert said.out == cli("templates").out


def test_every_template_says_in_one_line_what_it_is(cli: Cli) -> None:
    found = json.loads(cli("templates", "--json").out)
    assert len(found) >= 5
    assert all(one["help"].endswith(".") and len(one["help"]) > 20 for one in found.values())


@pytest.mark.parametrize("name", shipped_specs())
def test_every_template_checks_without_a_problem_where_it_was_copied_to(
    cli: Cli, empty: Path, name: str
) -> None:
    cli("init", name)
    assert cli("check", f"{name}.yaml").out.startswith("no problems")


@pytest.mark.parametrize("name", ["resnet", "adamw-cosine"])
def test_a_part_becomes_a_spec_that_extends_it_and_checks(cli: Cli, empty: Path, name: str) -> None:
    said = cli("init", name)
    text = (empty / f"{name}.yaml").read_text()
    assert said.out == f"{name}.yaml\n"
    assert text.startswith("# yaml-language-server: ")
    assert re.search(rf"^extends: \[.*\b{name}\b.*\]", text, re.MULTILINE)
    assert cli("check", f"{name}.yaml").out.startswith("no problems")
