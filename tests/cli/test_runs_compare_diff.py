"""`recipe runs`, `compare`, `diff` and `report` from the command line."""

import json
from pathlib import Path

import pytest

from recipe.api import training
from recipe.training.locks import lock
from tests.cli.conftest import PENGUINS, Cli


@pytest.fixture
def there(penguins: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which `run` is a finished run, and `penguins.yaml` its spec."""
    monkeypatch.chdir(penguins.parent)
    return penguins.parent


def test_runs_are_listed_with_what_came_of_them(cli: Cli, there: Path) -> None:
    said = cli("runs", ".")
    assert said.code == 0
    assert said.out.splitlines()[0].split()[:5] == ["run", "state", "epochs", "best", "test"]
    assert said.out.splitlines()[1].startswith("run  finished     2/2  val_loss")
    (run,) = json.loads(cli("runs", ".", "--json").out)
    assert (run["state"], run["epochs"], run["differs"]) == ("finished", 2, None)


def test_a_place_without_runs_is_said(cli: Cli, folder: Path) -> None:
    said = cli("runs")
    assert said.code == 7
    assert "R601" in said.err


def test_a_damaged_run_hides_no_other(cli: Cli, there: Path, tmp_path: Path) -> None:
    for name in ("good", "bad"):
        (tmp_path / name).mkdir()
        for file in ("status.json", "metrics.csv", "program.json"):
            (tmp_path / name / file).write_text((there / "run" / file).read_text())
    (tmp_path / "bad" / "status.json").write_text("{")
    said = cli("runs", tmp_path)
    assert said.code == 0
    assert [line.split()[1] for line in said.out.splitlines()[1:3]] == ["damaged", "finished"]


@pytest.mark.parametrize("program", ["", None])
def test_a_killed_run_is_called_so_though_its_program_cannot_be_read(
    cli: Cli, there: Path, tmp_path: Path, program: str | None
) -> None:
    run = tmp_path / "run"
    run.mkdir()
    status = json.loads((there / "run" / "status.json").read_text())
    (run / "status.json").write_text(json.dumps(status | {"state": "running"}))
    (run / "metrics.csv").write_text((there / "run" / "metrics.csv").read_text())
    if program is not None:
        (run / "program.json").write_text(program)
    said = cli("runs", tmp_path)
    assert (said.code, said.out.splitlines()[1].split()[1]) == (0, "killed")
    with lock(run):
        assert cli("runs", tmp_path).out.splitlines()[1].split()[1] == "running"


def test_compare_shows_a_run_and_writes_a_page(cli: Cli, there: Path, tmp_path: Path) -> None:
    said = cli("compare", "run", "-o", tmp_path / "compared.html")
    assert said.code == 0
    assert "accuracy, test" in said.out
    assert (tmp_path / "compared.html").read_text().startswith("<!doctype html>")
    assert json.loads(cli("compare", "run", "--json").out)["groups"][0]["label"] == "run"


def test_compare_writes_no_other_kind_of_file(cli: Cli, there: Path) -> None:
    said = cli("compare", "run", "-o", "compared.txt")
    assert said.code == 2
    assert "`-o` writes .html, .svg, .png, .pdf" in said.err


def test_diff_tells_settled_values_with_their_places(cli: Cli, there: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(
        PENGUINS.replace("learning_rate: 0.05", "learning_rate: 0.01").replace("small-", "other-")
    )
    said = cli("diff", "penguins.yaml", other)
    assert said.code == 0
    assert "optimizer.AdamW.learning_rate\n- 0.05  (penguins.yaml:13)\n+ 0.01" in said.out
    assert "without an effect on what is trained:\nname\n- small-penguins" in said.out
    data = json.loads(cli("diff", "penguins.yaml", other, "--json").out)
    assert [one["path"] for one in data["trained"]] == ["optimizer.AdamW.learning_rate"]
    assert data["trained"][0]["before"] == {"value": "0.05", "file": "penguins.yaml", "line": 13}


def test_a_spec_written_in_another_way_does_not_differ(cli: Cli, there: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(
        PENGUINS.replace("units: 4", 'units: "${2 + 2}"').replace("batch_size: 50", "batch_size: $batch")
        + "vars: {batch: 50}\n"
    )
    assert cli("diff", "penguins.yaml", other).out == "nothing differs that decides what is trained\n"


def test_diff_takes_a_run_for_the_spec_that_it_was_trained_with(cli: Cli, there: Path) -> None:
    assert cli("diff", "run", "penguins.yaml").out.startswith("nothing differs")
    said = cli("diff", "run", "penguins.yaml", "--set", "training.epochs=3")
    assert "training.epochs\n- 2 epochs" in said.out


def test_report_writes_a_page_into_the_folder_or_elsewhere(cli: Cli, there: Path, tmp_path: Path) -> None:
    said = cli("report", "run")
    assert (said.code, said.last_line) == (0, "run/report.html")
    page = (there / "run" / "report.html").read_text()
    assert cli("report", "run", "-o", "-").out == page
    assert json.loads(cli("report", "run", "-o", tmp_path / "a.html", "--json").out) == {
        "report": str(tmp_path / "a.html")
    }


@pytest.mark.parametrize(("after", "written"), [(0.0, True), (60.0, False)])
def test_a_run_that_took_long_enough_has_its_page_already(
    cli: Cli, folder: Path, monkeypatch: pytest.MonkeyPatch, after: float, written: bool
) -> None:
    monkeypatch.setattr(training, "REPORT_AFTER_SECONDS", after)
    assert cli("fit", "-q", "xor.yaml", "--run", "run").code == 0
    assert (folder / "run" / "report.html").exists() == written


@pytest.mark.parametrize("command", ["report", "compare", "diff"])
def test_what_is_no_run_is_refused_with_its_code(cli: Cli, folder: Path, command: str) -> None:
    (folder / "empty").mkdir()
    said = cli(command, "empty", *(["empty"] if command == "diff" else []))
    assert said.code == 7
    assert "R601" in said.err
