"""`steps.csv` and `log.txt`: what is written while a run goes on."""

import csv
import math
import re
from pathlib import Path

import pytest

import recipe
from recipe.training.journals import Journal
from recipe.training.steps import COLUMNS, cut_back
from tests.training.specs import DIGITS


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> recipe.api.Run:
    folder = tmp_path_factory.mktemp("steps") / "run"
    return recipe.fit(recipe.load("small.yaml", text=DIGITS), folder=folder)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open() as file:
        return list(csv.DictReader(file))


def test_the_last_row_of_an_epoch_is_at_its_last_step(run: recipe.api.Run):
    found = rows(run.path / "steps.csv")
    assert tuple(found[0]) == COLUMNS
    steps = [int(row["step"]) for row in found]
    assert steps == sorted(set(steps))
    assert {24, 48} <= set(steps)
    assert {row["epoch"] for row in found} == {"1", "2"}


def test_the_losses_of_an_epoch_add_up_to_its_own(run: recipe.api.Run):
    total, last = 0.0, 0
    for row in rows(run.path / "steps.csv"):
        if row["epoch"] == "1":
            # Every batch has 64 examples but the last of the epoch: 1,497 = 23 * 64 + 25.
            examples = min(int(row["step"]) * 64, 1497) - min(last * 64, 1497)
            total, last = total + float(row["loss"]) * examples, int(row["step"])
    assert total / 1497 == pytest.approx(run.history["loss"].loc[1], rel=1e-4)


def test_everything_in_it_is_a_number(run: recipe.api.Run):
    for row in rows(run.path / "steps.csv"):
        assert all(math.isfinite(float(cell)) for cell in row.values())


SEEN = ",0.1,100.0,1.5,0.001\n"
LINES = [f"1,1,2.5{SEEN}", f"20,1,2.0{SEEN}", f"40,2,1.5{SEEN}"]


@pytest.mark.parametrize(("step", "kept"), [(0, 0), (1, 1), (20, 2), (39, 2), (40, 3)])
def test_rows_after_the_restored_step_are_cut_off(tmp_path: Path, step: int, kept: int):
    path = tmp_path / "steps.csv"
    path.write_text(",".join(COLUMNS) + "\n" + "".join(LINES))
    cut_back(path, step)
    assert path.read_text() == ",".join(COLUMNS) + "\n" + "".join(LINES[:kept])


@pytest.mark.parametrize("rest", ["40,2,1.", "4", "\0\0\0\n", "what,is,this,row,then\n"])
def test_half_a_row_of_a_killed_process_is_cut_off(tmp_path: Path, rest: str):
    path = tmp_path / "steps.csv"
    path.write_text(",".join(COLUMNS) + "\n" + LINES[0] + rest)
    cut_back(path, 100)
    assert path.read_text() == ",".join(COLUMNS) + "\n" + LINES[0]


def test_a_missing_file_stays_missing(tmp_path: Path):
    cut_back(tmp_path / "steps.csv", 10)
    assert not (tmp_path / "steps.csv").exists()


def test_every_line_of_the_log_has_its_time_in_utc(run: recipe.api.Run):
    lines = (run.path / "log.txt").read_text().splitlines()
    assert all(re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z \S", line) for line in lines)
    own = [line.split()[1] for line in lines if " R6" not in line]
    assert own == ["small", "epoch", "epoch", "trained"]


def test_a_run_that_ends_with_an_error_says_so_in_its_log(tmp_path: Path):
    journal = Journal(tmp_path / "log.txt")
    with pytest.raises(ZeroDivisionError), journal.told(()):
        raise ZeroDivisionError("by zero")
    assert (tmp_path / "log.txt").read_text().endswith("Z ended by ZeroDivisionError: by zero\n")
