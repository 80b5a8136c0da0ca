"""What a shell may complete, asked as click's own scripts ask."""

from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

from recipe.cli.main import recipe
from tests.cli.conftest import XOR


def completed(*words: str) -> list[str]:
    *before, incomplete = words
    found = ShellComplete(recipe, {}, "recipe", "_RECIPE_COMPLETE").get_completions(before, incomplete)
    return [item.value if item.type == "plain" else f"{item.type}:{item.value}" for item in found]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.yaml").write_text(XOR)
    return tmp_path


def test_commands_are_completed() -> None:
    assert completed("ex") == ["explain"]


def test_templates_are_completed_for_init() -> None:
    assert completed("init", "digits") == ["digits-cnn", "digits-mlp"]


@pytest.mark.parametrize("command", ["fit", "plan"])
def test_the_shell_looks_for_specs_itself(command: str) -> None:
    assert completed(command, "mi") == ["file:mi"]


def test_codes_are_completed_for_explain_and_files_otherwise() -> None:
    assert completed("explain", "R11")[:2] == ["R110", "R111"]
    assert completed("explain", "mi") == ["file:mi"]


def test_keys_of_the_spec_are_completed_for_explain(folder: Path) -> None:
    assert "learning_rate" in completed("explain", "mine.yaml", "learn")
    assert completed("explain", "missing.yaml", "learn") == []


def test_keys_of_sections_are_completed_for_set() -> None:
    assert completed("fit", "--set", "training.ep") == ["training.epochs="]
    assert completed("fit", "--set", "data.split.v") == ["data.split.validation="]
    assert "regularization.weight_decay=" in completed("check", "--set", "regularization.w")


def test_arguments_of_the_spec_s_optimizer_are_completed_for_set(folder: Path) -> None:
    assert completed("fit", "mine.yaml", "--set", "optimizer.m") == ["optimizer.momentum="]
    assert completed("fit", "--set", "optimizer.l") == ["optimizer.learning_rate="]
    assert completed("fit", "--set", "optimizer.m") == []


def test_pages_are_completed_for_docs() -> None:
    assert completed("docs", "l") == ["language"]
