import math
from collections.abc import Callable
from pathlib import Path

import pytest

from recipe.diagnostics.runs import RunFolderError
from recipe.report.history import read_history


def refusal(run: Path) -> tuple[str, str, str]:
    with pytest.raises(RunFolderError) as caught:
        read_history(run)
    (problem,) = caught.value.problems
    return problem.code, problem.message, problem.help


def test_every_column_is_read_by_name(make_run: Callable[..., Path]):
    history = read_history(make_run())
    assert history.epochs == (1, 2, 3)
    assert history.columns["loss"] == (0.9, 0.2, 0.1)
    assert history.columns["step"] == (469, 938, 1407)
    assert history.metrics == ("loss", "accuracy")
    assert history.at(2)["val_accuracy"] == 0.8


def test_an_epoch_without_validation_leaves_a_gap(make_run: Callable[..., Path]):
    history = read_history(make_run("epoch,loss,val_loss\n1,0.5,\n2,0.4,0.6\n3,nan,inf\n"))
    assert math.isnan(history.columns["val_loss"][0])
    assert history.points("val_loss") == ((2, 0.6),)
    assert history.points("loss") == ((1, 0.5), (2, 0.4))
    assert history.points("val_f1") == ()
    assert "val_loss" not in history.at(1)


def test_a_run_in_its_first_epoch_has_an_empty_history(make_run: Callable[..., Path]):
    history = read_history(make_run("epoch,loss\n"))
    assert history.epochs == ()
    assert history.columns == {"loss": ()}


def test_a_folder_that_is_no_run_is_refused_with_the_newest_run_inside(make_run: Callable[..., Path]):
    make_run()
    (Path("runs/fashion/10")).mkdir()
    (Path("runs/fashion/10/status.json")).write_text("{}")
    assert refusal(Path("runs/fashion")) == (
        "R601",
        "`runs/fashion` is not a run folder: it has no `status.json`",
        "did you mean `runs/fashion/10`?",
    )
    assert refusal(Path("runs/nothing")) == (
        "R601",
        "`runs/nothing` is not a run folder: there is no such folder",
        "`recipe runs` lists the runs of this directory",
    )


def test_a_missing_file_is_named(make_run: Callable[..., Path]):
    run = make_run()
    (run / "metrics.csv").unlink()
    assert refusal(run) == (
        "R602",
        "`runs/fashion/3/metrics.csv` is missing",
        "`recipe resume` writes it again from the last checkpoint",
    )


@pytest.mark.parametrize(
    ("metrics", "reason"),
    [
        ("", "it has no column `epoch`"),
        ("step,loss\n1,2\n", "it has no column `epoch`"),
        ("epoch,loss,loss\n1,2,3\n", "two columns have the same name"),
        ("epoch,loss\n1,2\n2\n", "row 3 has 1 cells, expected 2"),
        ("epoch,loss\n1,low\n", "row 2 has `low` in the column `loss`, expected a number"),
        ("epoch,loss\n1,0.5\n1,0.4\n", "row 3 has the epoch `1`, expected one above 1"),
        ("epoch,loss\n0.5,0.5\n", "row 2 has the epoch `0.5`, expected one above 0"),
    ],
)
def test_a_damaged_file_says_which_row_is_wrong(make_run: Callable[..., Path], metrics: str, reason: str):
    code, message, _ = refusal(make_run(metrics))
    assert code == "R602"
    assert message == f"`runs/fashion/3/metrics.csv` cannot be read: {reason}"


def test_bytes_that_are_no_text_are_refused(make_run: Callable[..., Path]):
    run = make_run()
    (run / "metrics.csv").write_bytes(b"epoch,loss\n1,\xff\xfe\n")
    assert refusal(run)[0] == "R602"


def test_a_refused_run_ends_the_command_with_seven(make_run: Callable[..., Path]):
    with pytest.raises(RunFolderError) as caught:
        read_history(Path("nowhere"))
    assert caught.value.exit_code == 7
