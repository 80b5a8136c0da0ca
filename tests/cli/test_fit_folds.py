"""Folds from the command line: all of them in turn, or one."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Cli

SPEC = """\
recipe: 1
name: folded
data:
  source: {bundled: penguins}
  target: species
  missing: drop
  split: {folds: 3, validation: 10%, stratified: true}
architecture: [{Dense: 8}, head]
optimizer: {Adam: {learning_rate: 0.02}}
training: {epochs: 2, batch_size: 32}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a spec of three folds."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "spec.yaml").write_text(SPEC)
    return tmp_path


def statuses(folder: Path) -> list[dict[str, float]]:
    """What was measured on the test of each run."""
    runs = sorted((folder / "runs/folded").iterdir())
    return [json.loads((run / "status.json").read_text())["test"] for run in runs]


def test_all_folds_are_trained_and_shown_with_mean_and_spread(cli: Cli, folder: Path) -> None:
    said = cli("fit", "spec.yaml")
    assert said.code == 0
    found = [one["accuracy"] for one in statuses(folder)]
    rows = {line[:7].strip(): line.split() for line in said.out.splitlines()}
    assert [name for name in rows if name.startswith("fold")] == ["fold 1", "fold 2", "fold 3"]
    assert float(rows["mean"][2]) == pytest.approx(sum(found) / 3, abs=1e-4)
    again = cli("fit", "spec.yaml", "--fold", "3")
    assert "already trained" in again.err
    assert len(statuses(folder)) == 3


def test_one_fold_is_trained_alone(cli: Cli, folder: Path) -> None:
    assert cli("fit", "spec.yaml", "--fold", "2").out.splitlines()[-1].endswith("runs/folded/1")
    assert len(statuses(folder)) == 1


@pytest.mark.parametrize(
    ("arguments", "code"), [(["--fold", "4"], 1), (["--seeds", "2"], 2), (["--run", "here"], 2)]
)
def test_what_cannot_be_with_folds_is_refused(
    cli: Cli, folder: Path, arguments: list[str], code: int
) -> None:
    assert cli("fit", "spec.yaml", *arguments).code == code
    assert not (folder / "runs").exists()
