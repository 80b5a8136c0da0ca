"""`recipe status` and `recipe resume`."""

import json
import os
import shutil
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from recipe.program.manifests import sum_of
from recipe.training.locks import lock
from recipe.training.manifests import manifest
from tests.api.runs import SPEC, StopAfter, StoppedError, train, weights, write_rows
from tests.cli.conftest import Cli


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The spec and its table, `whole`, and a `run` of 15 steps that failed after 7."""
    folder = tmp_path_factory.mktemp("status")
    write_rows(folder)
    (folder / "small.yaml").write_text(SPEC)
    train(folder, folder / "whole")
    with pytest.raises(StoppedError):
        train(folder, folder / "run", callbacks=(StopAfter(7),))
    return folder


@pytest.fixture
def stopped(place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The run in a working directory that a test may change."""
    copy = shutil.copytree(place, tmp_path / "copy")
    program = copy / "run" / "program.json"
    moved = json.loads(program.read_text().replace(str(place), str(copy)))
    del moved["sha256"]  # older runs have none
    program.write_text(json.dumps(moved))
    monkeypatch.chdir(copy)
    return copy / "run"


def write_status(run: Path, **changes: object) -> None:
    path = run / "status.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def standing(cli: Cli) -> dict[str, object]:
    found: dict[str, object] = json.loads(cli("status", "run", "--json").out)
    return found


def test_a_run_that_failed_says_from_where_it_goes_on(cli: Cli, stopped: Path) -> None:
    said = cli("status", "run")
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines() == [
        "run: failed, 1 of 3 epochs",
        "recipe resume run continues it from step 7 of 15",
    ]


def test_a_run_without_a_last_word_was_killed(cli: Cli, stopped: Path) -> None:
    write_status(stopped, state="running")
    assert "run: killed (its process is gone and left no word), 1 of 3 epochs" in cli("status", "run").out
    assert standing(cli)["resumable"] is True


def test_a_run_that_goes_on_says_which_process_it_is(cli: Cli, stopped: Path) -> None:
    write_status(stopped, state="running")
    with lock(stopped):
        text, found = cli("status", "run").out, standing(cli)
    assert f"run: running as process {os.getpid()} on {socket.gethostname()} since 2" in text
    assert "recipe resume" not in text
    assert (found["state"], found["pid"], found["resumable"]) == ("running", os.getpid(), False)


def test_resuming_ends_as_a_run_that_never_stopped(cli: Cli, stopped: Path) -> None:
    said = cli("resume", "run")
    assert (said.code, said.last_line) == (0, "run")
    assert said.out.startswith("small: trained for 3 epochs")
    assert weights(stopped) == weights(stopped.parent / "whole")
    assert cli("resume", "run").err == "already trained: run\n"


def test_resuming_for_machines_says_where_the_run_stands_in_the_end(cli: Cli, stopped: Path) -> None:
    said = cli("resume", "run", "--json", "-q")
    assert said.err == ""
    found = json.loads(said.out)
    assert (found["state"], found["epochs"], found["step"], found["resumable"]) == ("finished", 3, 15, False)
    assert json.loads(cli("resume", "run", "--json").out) == found


def test_a_run_killed_between_its_last_step_and_its_end_is_ended(cli: Cli, stopped: Path) -> None:
    """`status.json` says finished last of all: what a kill before it left is written once more."""
    whole = stopped.parent / "whole"
    (whole / "model.keras").unlink()
    before = weights(whole)
    path = whole / "status.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"state": "running"}))
    assert cli("resume", whole, "-q").code == 0
    assert (whole / "model.keras").is_file()
    assert weights(whole) == before
    assert len((whole / "metrics.csv").read_text().splitlines()) == 4


def test_resuming_needs_no_spec(cli: Cli, stopped: Path) -> None:
    (stopped.parent / "small.yaml").unlink()
    assert cli("resume", "run", "-q").code == 0
    assert (stopped / "spec.yaml").read_text() == SPEC


def test_resuming_on_other_data_is_refused_with_the_ways_out(cli: Cli, stopped: Path) -> None:
    write_rows(stopped.parent, shift=0.5)
    said = cli("resume", "run")
    assert said.code == 7
    assert "R612" in said.err
    assert "--allow-data-change" in said.err
    assert cli("fit", "-q", "small.yaml", "--run", "run").code == 7
    accepted = cli("fit", "small.yaml", "--run", "run", "--allow-data-change")
    assert accepted.code == 0
    assert "R613" in accepted.err


def test_data_with_a_longer_epoch_say_so(cli: Cli, stopped: Path) -> None:
    write_rows(stopped.parent, count=50)
    said = cli("resume", "run")
    assert "an epoch had 5 steps, and has 7" in " ".join(said.err.split())
    assert "--fork run" in " ".join(said.err.split())


def test_what_was_written_after_the_checkpoint_is_cut_back(cli: Cli, stopped: Path) -> None:
    """Rows of epochs that are trained again stand once, and those of the longer past are kept."""
    path = stopped / "metrics.csv"
    header, first = path.read_text().splitlines()
    path.write_text(
        "\n".join([header, first, first.replace("1,5", "2,10", 1), first.replace("1,5", "3,15", 1)]) + "\n"
    )
    assert cli("resume", "run", "-q").code == 0
    rows = path.read_text().splitlines()
    assert rows[1] == first
    assert [row.split(",")[:2] for row in rows[1:]] == [["1", "5"], ["2", "10"], ["3", "15"]]


def test_a_run_without_a_checkpoint_begins_with_an_empty_table(cli: Cli, stopped: Path) -> None:
    for path in sorted((stopped / "checkpoints").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    assert standing(cli)["step"] is None
    assert "from the beginning of 15" in cli("status", "run").out
    assert cli("resume", "run", "-q").code == 0
    assert len((stopped / "metrics.csv").read_text().splitlines()) == 4


def test_no_clock_decides_where_a_run_goes_on(
    cli: Cli, stopped: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock jumps back by ten years while the run is stopped, and file times are in disorder."""
    now = time.time
    for number, path in enumerate(sorted((stopped / "checkpoints").iterdir())):
        os.utime(path, (1e9 - number, 1e9 - number))
    monkeypatch.setattr(time, "time", lambda: now() - 10 * 365 * 86_400)
    assert standing(cli)["step"] == 7
    assert cli("resume", "run", "-q").code == 0
    assert weights(stopped) == weights(stopped.parent / "whole")


def test_what_a_checkpoint_has_lost_is_seen_before_it_is_gone_on_with(cli: Cli, stopped: Path) -> None:
    seventh, sixth = sorted((stopped / "checkpoints").iterdir(), reverse=True)
    (seventh / "arrays.safetensors").write_bytes(b"")
    assert "continues it from step 6 of 15" in cli("status", "run").out
    (sixth / "manifest.json").unlink()
    said = cli("status", "run").out.splitlines()
    assert said[1] == "none of its checkpoints is whole: recipe resume run says what is wrong"
    assert (standing(cli)["step"], standing(cli)["resumable"]) == (None, False)
    assert cli("resume", "run").code == 7


@pytest.mark.parametrize("state", ["stopped", "finished"])
def test_a_program_whose_values_were_changed_is_not_trained(cli: Cli, stopped: Path, state: str) -> None:
    cli("fit", "-q", "small.yaml", "--run", "other", "--set", "training.epochs=1")
    program = Path("other", "program.json")
    program.write_text(program.read_text().replace("0.02", "0.06", 1))
    write_status(program.parent, state=state)
    said = cli("resume", "other")
    assert (said.code, "its sha256 differs" in " ".join(said.err.split())) == (7, True)
    assert "recipe fit SPEC --run other" in " ".join(said.err.split())
    said = cli("fit", "small.yaml", "--run", "other", "--set", "training.epochs=1")
    assert (said.code, "- 0.06" in said.err, "+ 0.02" in said.err) == (7, True, True)


def test_the_way_to_resume_can_be_pasted(cli: Cli, stopped: Path) -> None:
    stopped.rename("a b")
    assert "recipe resume 'a b' continues it" in cli("status", "a b").out


def test_a_run_that_lost_its_status_says_so_and_goes_on(cli: Cli, stopped: Path) -> None:
    (stopped / "status.json").unlink()
    said = cli("status", "run")
    assert (said.code, "R602" in said.err, "`recipe resume`" in said.err) == (7, True, True)
    assert cli("resume", "run", "-q").code == 0
    assert weights(stopped) == weights(stopped.parent / "whole")


def test_a_folder_that_is_no_run_is_refused(cli: Cli, tmp_path: Path) -> None:
    assert cli("status", tmp_path).code == 7
    assert cli("resume", tmp_path).code == 7


def of_a_newer_recipe(path: Path) -> None:
    content = json.loads(path.read_text()) | {"format": 2}
    path.write_text(json.dumps(content | {"sha256": sum_of(content)}))


def newer_program(run: Path) -> None:
    of_a_newer_recipe(run / "program.json")


def newer_checkpoint(run: Path) -> None:
    of_a_newer_recipe(run / "checkpoints" / "step-00000007" / "manifest.json")


def newer_state(run: Path) -> None:
    checkpoint = run / "checkpoints" / "step-00000007"
    of_a_newer_recipe(checkpoint / "state.json")
    files = {name: (checkpoint / name).read_bytes() for name in ("state.json", "arrays.safetensors")}
    (checkpoint / "manifest.json").write_bytes(manifest(checkpoint, files))


def test_arrays_that_are_none_are_told_though_their_sum_is_right(cli: Cli, stopped: Path) -> None:
    checkpoint = stopped / "checkpoints" / "step-00000007"
    files = {"state.json": (checkpoint / "state.json").read_bytes(), "arrays.safetensors": b"none"}
    (checkpoint / "arrays.safetensors").write_bytes(b"none")
    (checkpoint / "manifest.json").write_bytes(manifest(checkpoint, files))
    said = cli("resume", "run")
    assert (said.code, "error[R602]" in said.err) == (7, True)


@pytest.mark.parametrize("make", [newer_program, newer_checkpoint, newer_state])
@pytest.mark.parametrize("words", [["resume", "run"], ["fit", "small.yaml", "--run", "run"]])
def test_what_another_version_of_recipe_wrote_is_told_and_left_as_it_is(
    cli: Cli, stopped: Path, make: Callable[[Path], None], words: list[str]
) -> None:
    make(stopped)
    before = {path: path.read_bytes() for path in stopped.rglob("*") if path.is_file()}
    said = cli(*words, "-q")
    assert (said.code, "error[R604]" in said.err) == (7, True)
    after = {path: path.read_bytes() for path in stopped.rglob("*") if path.is_file()}
    assert after == before
