"""Definitions for pre-commit and GitHub, held to what `recipe check` writes."""

import json
import re
from pathlib import Path

import pytest
import yaml

import recipe
from tests.cli.conftest import XOR, Cli

ROOT = Path(__file__).parents[2]
MATCHER = Path(recipe.__file__).parent / "docs" / "problem-matcher.json"
WRONG = XOR.replace("epochs", "epoch").replace("tanh", "tahn")


def test_the_problem_matcher_reads_what_the_concise_format_writes(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my spec.yaml").write_text(WRONG)
    said = cli("check", "my spec.yaml", "--format", "concise")
    (pattern,) = json.loads(MATCHER.read_text("utf-8"))["problemMatcher"][0]["pattern"]
    found = [re.match(pattern["regexp"], line) for line in said.out.splitlines()]
    assert len(found) == 2
    first = {name: match[pattern[name]] for match in found[:1] for name in ("file", "line", "code")}
    assert first == {"file": "my spec.yaml", "line": "6", "code": "R205"}
    assert found[1][pattern["message"]] == "`training` has no key `epoch`"
    assert int(found[1][pattern["column"]]) == WRONG.splitlines()[9].index("epoch") + 1


def severities(line: str) -> list[str]:
    """What the problem matchers that read a line take it for."""
    matchers = json.loads(MATCHER.read_text("utf-8"))["problemMatcher"]
    assert len({matcher["owner"] for matcher in matchers}) == len(matchers)
    return [one["severity"] for one in matchers if re.match(one["pattern"][0]["regexp"], line)]


def test_the_problem_matcher_tells_errors_from_advice_by_the_letter_of_the_code() -> None:
    assert severities("mine.yaml:3:1: R201 the spec has no key `modle`") == ["error"]
    assert severities("mine.yaml:3:1: L301 0.1 is high for Adam") == ["warning"]


def test_the_problem_matcher_passes_over_other_lines() -> None:
    assert severities("not checked: the data and the shapes of layers") == []
    assert severities("mine.py:3:1: E501 line too long") == []


def test_the_pre_commit_hook_runs_check_on_specs() -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    assert hook["id"] == "recipe-check"
    assert hook["entry"] == "recipe check"
    assert hook["types"] == ["yaml"]
    assert re.search(hook["files"], "specs/digits-mlp.yaml")
    assert re.search(hook["files"], "research/specs/wide.yml")
    assert not re.search(hook["files"], ".github/workflows/test.yml")
