from collections.abc import Callable
from pathlib import Path

import pytest

from recipe.diagnostics.runs import RunFolderError
from recipe.report.status import Best, read_status


def test_a_status_is_read_with_its_best_epoch(make_run: Callable[..., Path]):
    status = read_status(make_run())
    assert status.best == Best("val_accuracy", "max", 2, 0.8)
    assert status.test == {"loss": 0.5, "accuracy": 0.79}
    assert status.parameters == 272474


def test_best_and_test_may_be_missing(make_run: Callable[..., Path]):
    status = read_status(make_run(best=None, test=None, stopped=None))
    assert (status.best, status.test, status.stopped) == (None, None, None)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "Expecting property name"),
        ("{}", "it has no key `best`"),
        ("[]", "list indices"),
        ("[" * 100_000, "recursion"),
    ],
)
def test_a_damaged_status_says_what_is_wrong(make_run: Callable[..., Path], text: str, reason: str):
    run = make_run()
    (run / "status.json").write_text(text)
    with pytest.raises(RunFolderError) as caught:
        read_status(run)
    (problem,) = caught.value.problems
    assert problem.code == "R602"
    assert reason in problem.message


def test_an_unknown_state_is_refused(make_run: Callable[..., Path]):
    expected = "it has `asleep`, expected running or stopped or finished or failed"
    with pytest.raises(RunFolderError, match=expected):
        read_status(make_run(state="asleep"))
