"""`recipe fit`."""

import json
import re
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import PENGUINS, Cli, process

NOISE = ("oneDNN", "I0000", "WARNING", "retracing", "cuda", "Traceback")


def test_the_last_line_is_the_run_folder_and_the_summary_stands_above(cli: Cli, folder: Path) -> None:
    said = cli("fit", "xor.yaml")
    assert said.code == 0
    assert said.last_line == str(Path("runs/small-xor/1"))
    assert said.out.startswith("small-xor: trained for 2 epochs\n")
    assert (folder / said.last_line / "model.keras").is_file()


def test_without_a_terminal_an_epoch_is_one_plain_line(cli: Cli, folder: Path) -> None:
    said = cli("fit", "xor.yaml")
    epochs = [line for line in said.err.splitlines() if line.startswith("epoch ")]
    assert [line.split()[1] for line in epochs] == ["1/2", "2/2"]
    assert re.search(r"loss \d\.\d{4}.* ETA ", epochs[-1])
    assert "\r" not in said.err + said.out
    assert "\x1b" not in said.err + said.out


def test_slow_things_are_announced_before_they_begin(cli: Cli, folder: Path) -> None:
    assert cli("fit", "xor.yaml").err.splitlines()[:2] == ["reading xor.yaml ...", "reading the data ..."]


def test_quiet_leaves_only_the_folder(cli: Cli, folder: Path) -> None:
    said = cli("fit", "-q", "xor.yaml")
    assert said.out == f"{Path('runs/small-xor/1')}\n"
    assert said.err == ""


def test_an_equal_run_is_not_trained_again_unless_fresh(cli: Cli, folder: Path) -> None:
    first = cli("fit", "xor.yaml").last_line
    again = cli("fit", "xor.yaml")
    assert (again.code, again.out) == (0, f"{first}\n")
    assert f"already trained: {first}" in again.err
    assert cli("fit", "xor.yaml", "--fresh").last_line == str(Path("runs/small-xor/2"))


def test_another_value_is_another_run(cli: Cli, folder: Path) -> None:
    cli("fit", "xor.yaml")
    assert cli("fit", "xor.yaml", "--set", "training.epochs=3").last_line == str(Path("runs/small-xor/2"))


def test_the_log_keeps_what_was_told_of_the_data(penguins: Path) -> None:
    log = (penguins / "log.txt").read_text(encoding="utf-8")
    assert log.count("R532 11 of 344 rows of `train` are left out because cells are missing") == 1


def test_a_given_folder_is_used_and_never_for_two_runs(cli: Cli, folder: Path) -> None:
    assert cli("fit", "xor.yaml", "--run", "here").last_line == "here"
    other = cli("fit", "xor.yaml", "--run", "here", "--set", "runtime.seed=2")
    assert other.code == 7
    assert other.out == ""
    assert cli("fit", "xor.yaml", "--run", "here", "--fresh").code == 7


def test_a_file_in_place_of_the_folder_is_refused(cli: Cli, folder: Path) -> None:
    said = cli("fit", "xor.yaml", "--run", "xor.yaml")
    assert said.code == 6
    assert "`xor.yaml` cannot be written: not a directory" in said.err


def test_a_spec_from_standard_input_trains(folder: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", (folder / "xor.yaml").open())
    assert cli("fit", "-").last_line == str(Path("runs/small-xor/1"))


def test_a_dry_run_shows_the_plan_and_writes_nothing(cli: Cli, folder: Path) -> None:
    said = cli("fit", "xor.yaml", "--dry-run")
    assert said.code == 0
    assert said.out == cli("plan", "xor.yaml").out
    assert said.err.splitlines()[-1] != ""
    assert not (folder / "runs").exists()


def test_seeds_train_the_spec_once_each_and_show_mean_and_spread(cli: Cli, folder: Path) -> None:
    (folder / "penguins.yaml").write_text(PENGUINS)
    said = cli("fit", "penguins.yaml", "--seeds", "2")
    rows = {line[:6].strip(): line.split() for line in said.out.splitlines()}
    assert said.code == 0
    assert [path.name for path in sorted((folder / "runs/small-penguins").iterdir())] == ["1", "2"]
    accuracies = [
        json.loads((folder / f"runs/small-penguins/{seed}/status.json").read_text())["test"]["accuracy"]
        for seed in (1, 2)
    ]
    assert accuracies[0] != accuracies[1]
    assert float(rows["mean"][2]) == pytest.approx(sum(accuracies) / 2, abs=1e-4)
    assert len([line for line in said.err.splitlines() if line.startswith("seed ")]) == 2
    assert not [line for line in said.err.splitlines() if line.startswith("epoch ")]


def test_seeds_that_were_trained_before_are_not_trained_again(cli: Cli, folder: Path) -> None:
    cli("fit", "xor.yaml")  # its seed is 1
    said = cli("fit", "xor.yaml", "--seeds", "2")
    assert said.err.count("trained before") == 1
    assert len(list((folder / "runs/small-xor").iterdir())) == 2


def test_seeds_without_a_test_split_show_the_best_epoch(cli: Cli, folder: Path) -> None:
    header = cli("fit", "xor.yaml", "--seeds", "1").out.splitlines()[0]
    assert header.split()[:2] == ["loss", "accuracy"]


def test_seeds_and_one_folder_are_a_usage_error(cli: Cli, folder: Path) -> None:
    assert cli("fit", "xor.yaml", "--seeds", "2", "--run", "here").code == 2


def test_a_spec_with_errors_trains_nothing(cli: Cli, folder: Path) -> None:
    said = cli("fit", "xor.yaml", "--set", "training.epochs=none")
    assert said.code == 1
    assert said.out == ""
    assert not (folder / "runs").exists()


def test_data_that_cannot_be_read_end_with_5(cli: Cli, folder: Path) -> None:
    source = (folder / "xor.yaml").read_text().replace("bundled: xor", "csv: {path: none.csv}")
    (folder / "xor.yaml").write_text(source.replace("}}\n", "}}\n  target: y\n", 1))
    assert cli("fit", "xor.yaml").code == 5


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_loss_that_is_no_number_ends_with_4(cli: Cli, folder: Path) -> None:
    text = (folder / "xor.yaml").read_text().replace("tanh", "relu")
    (folder / "xor.yaml").write_text(text)
    said = cli("fit", "xor.yaml", "--set", "optimizer.learning_rate=1e38", "--set", "training.epochs=9")
    assert said.code == 4
    assert "the loss is not finite" in said.err


def test_a_process_of_its_own_hears_nothing_from_tensorflow(folder: Path) -> None:
    done = process("fit", "xor.yaml")
    assert done.returncode == 0
    assert "loading TensorFlow ..." in done.stderr.splitlines()
    assert [word for word in NOISE if word in done.stderr + done.stdout] == []


@pytest.mark.slow
def test_a_process_that_only_measures_says_one_line_on_the_way(penguins: Path) -> None:
    done = process("evaluate", penguins)
    assert done.returncode == 0
    assert len(done.stderr.splitlines()) == 1


SIX_SLIPS = """\
recipe: 1
name: slips
data: {train: {csv: {path: roows.csv}}, target: y}
architecture: [{Dense: {units: 16, activaton: relu}}, {Dropout: 50}, head]
optimizer: {AdamW: {learning_rate: "1e-3", beta_1: 1e-3, epsilon: 1.0e-3}}
schedule: {warmup_cosine: {floor: .001}}
regularization: {weight_decay: 0.001, early_stopping: 1E-3}
training: {epochs: many}
"""


def place_of(slip: str) -> str:
    lines = SIX_SLIPS.splitlines()
    number = next(number for number, line in enumerate(lines) if slip in line)
    return f"{number + 1}:{lines[number].index(slip) + 1}"


def test_a_missing_file_is_told_with_every_slip_of_the_spec_in_one_run(cli: Cli, folder: Path) -> None:
    (folder / "rows.csv").write_text("x,y\n1,a\n2,b\n")
    (folder / "slips.yaml").write_text(SIX_SLIPS)
    ended = cli("fit", "slips.yaml")
    assert ended.code == 1
    told = [line for line in ended.err.splitlines() if line.startswith("error[") or " --> " in line]
    assert [line.partition("]")[0].removeprefix("error[") for line in told[::2]] == [
        "R501", "R203", "R205", "R207", "R206", "R205",
    ]  # fmt: skip
    slips = ["roows.csv", "activaton", "50}", '"1e-3"', "1E-3", "many"]
    assert [line.split(":", 1)[1] for line in told[1::2]] == [place_of(slip) for slip in slips]
    for suggestion in ("`rows.csv`", "`activation`", "`50%`", "`1e-3`", "`0.1%`"):
        assert suggestion in ended.err
