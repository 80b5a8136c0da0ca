"""`recipe explain`."""

import json
from pathlib import Path

import pytest

from recipe.diagnostics.codes import classes_by_code
from tests.cli.conftest import Cli


def test_a_written_value_has_its_place(cli: Cli, folder: Path) -> None:
    assert cli("explain", "xor.yaml", "learning_rate").out == (
        "optimizer.SGD.learning_rate = 0.5\n  written at xor.yaml:9:24\n"
    )


def test_an_override_names_what_it_took_the_place_of(cli: Cli, folder: Path) -> None:
    said = cli(
        "explain", "xor.yaml", "optimizer.SGD.learning_rate", "--set", "optimizer.learning_rate=0.1", "--json"
    )
    (entry,) = json.loads(said.out)
    assert entry["value"] == "0.1"
    assert entry["written"]["file"] == "--set 1"
    assert entry["overrode"] == [{"file": "xor.yaml", "line": 9, "column": 24}]


def test_a_value_that_nobody_wrote_has_a_reason(cli: Cli, folder: Path) -> None:
    said = cli("explain", "xor.yaml", "dense.kernel_initializer")
    assert said.out == (
        "dense.kernel_initializer = GlorotUniform\n  because: init: auto, for its activation tanh\n"
    )


def test_an_unknown_key_ends_with_1_and_the_key_that_was_meant(cli: Cli, folder: Path) -> None:
    said = cli("explain", "xor.yaml", "learning_rat")
    assert said.code == 1
    assert said.out == ""
    assert "did you mean `learning_rate`?" in said.err


def test_a_code_is_explained_with_both_examples(cli: Cli) -> None:
    said = cli("explain", "r117")
    assert said.out == (
        "error[R117]: A key twice in one mapping.\n\n"
        "why: most readers keep the last one silently\n\n"
        "wrong:\n  name: a\n  name: b\n\n"
        "right:\n  name: a\n"
    )


@pytest.mark.parametrize("code", classes_by_code())
def test_every_code_that_a_message_shows_can_be_explained(cli: Cli, code: str) -> None:
    said = cli("explain", code, "--json")
    assert said.code == 0
    assert json.loads(said.out)["what"].endswith(".")


def test_an_unknown_code_ends_with_1(cli: Cli) -> None:
    said = cli("explain", "R9999")
    assert said.code == 1
    assert "`R9999` is not the code of a message" in said.err


def test_a_lint_rule_is_explained_with_who_says_so(cli: Cli) -> None:
    cited = classes_by_code()["L301"].source  # type: ignore[attr-defined]
    assert cited
    assert cli("explain", "L301").out.endswith(f"source: {cited}\n")
    assert json.loads(cli("explain", "L301", "--json").out)["source"] == cited
