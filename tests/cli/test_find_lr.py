"""`recipe find-lr`: curve, suggestion and reason, and nothing in the folder of runs."""

import json
from pathlib import Path

import pytest

from recipe.cli.main import run
from tests.training.specs import DIGITS


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "small.yaml").write_text(DIGITS)
    return "small.yaml"


def test_it_draws_the_curve_and_says_what_to_write(spec: str, capsys: pytest.CaptureFixture[str]):
    assert run(["find-lr", spec, "--steps", "40", "--from", "1e-4", "--to", "100"]) == 0
    text = capsys.readouterr().out
    assert "suggestion" in text
    assert "optimizer: {SGD: {learning_rate: " in text
    assert Path("find-lr.svg").read_text().lstrip().startswith("<?xml")
    assert not Path("runs").exists()


def test_json_has_every_step(spec: str, capsys: pytest.CaptureFixture[str]):
    assert run(["find-lr", spec, "--steps", "20", "--from", "1e-8", "--to", "1e-6", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["suggestion"], found["exploded"], len(found["losses"])) == (None, False, 20)
    assert "does not fall" in found["reason"]
    assert not list(Path().glob("*.svg"))


@pytest.mark.parametrize(
    "options", [["--from", "1", "--to", "0.1"], ["--from", "0"], ["--steps", "3"], ["--picture", "a.txt"]]
)
def test_rates_that_do_not_rise_are_a_usage_error(spec: str, options: list[str]):
    assert run(["find-lr", spec, *options]) == 2
