"""Finding an equal run."""

import json
from pathlib import Path

import pytest

from recipe.report.runs import find_equal, is_finished, numbered

STATUS = {
    "state": "finished",
    "name": "a",
    "epochs": 1,
    "epochs_planned": 1,
    "stopped": None,
    "best": None,
    "test": None,
    "seconds": 1.0,
    "parameters": 1,
    "examples_per_second": 1.0,
}


def write_run(
    runs: Path, number: str, program_hash: str = "p", fingerprint: str = "f", state: str = "finished"
) -> Path:
    folder = runs / "a" / number
    folder.mkdir(parents=True)
    (folder / "environment.json").write_text(
        json.dumps({"program_hash": program_hash, "fingerprint": fingerprint})
    )
    (folder / "status.json").write_text(json.dumps(STATUS | {"state": state}))
    return folder


def test_the_newest_equal_run_is_found_by_number_and_not_by_name(tmp_path: Path) -> None:
    write_run(tmp_path, "9")
    newest = write_run(tmp_path, "10")
    write_run(tmp_path, "11", program_hash="other")
    write_run(tmp_path, "12", fingerprint="other")
    assert find_equal(tmp_path, "a", "p", "f") == newest


@pytest.mark.parametrize("damage", ["", "{", "[]"])
def test_a_damaged_folder_is_equal_to_nothing(tmp_path: Path, damage: str) -> None:
    (write_run(tmp_path, "1") / "environment.json").write_text(damage)
    assert find_equal(tmp_path, "a", "p", "f") is None


def test_where_nothing_ran_nothing_is_found(tmp_path: Path) -> None:
    assert find_equal(tmp_path / "runs", "a", "p", "f") is None


def test_other_folders_are_no_runs(tmp_path: Path) -> None:
    write_run(tmp_path, "notes")
    assert numbered(tmp_path, "a") == ()


@pytest.mark.parametrize(("state", "finished"), [("finished", True), ("running", False), ("failed", False)])
def test_only_a_run_that_came_to_its_end_is_finished(tmp_path: Path, state: str, finished: bool) -> None:
    assert is_finished(write_run(tmp_path, "1", state=state)) is finished


def test_a_run_with_a_damaged_status_is_not_finished(tmp_path: Path) -> None:
    folder = write_run(tmp_path, "1")
    (folder / "status.json").write_text("{")
    assert not is_finished(folder)
