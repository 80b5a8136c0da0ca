"""Progress of a run, on a terminal and elsewhere."""

import io
from dataclasses import replace
from pathlib import Path

import pytest

from recipe import api
from recipe.cli.progress import EpochLines, LiveLine
from recipe.program.programs import Program
from recipe.training.rows import Best, EpochRow
from tests.cli.conftest import PENGUINS


class Clock:
    """Seconds that pass when told to."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def program() -> Program:
    """10 epochs of 4 steps of 50 examples."""
    spec = api.load(Path("penguins.yaml"), ["training.epochs=10"], text=PENGUINS)
    settled = api.prepare(spec).program
    assert settled.facts is not None
    facts = replace(settled.facts, examples={"train": 200})
    training = replace(settled.training, steps_per_epoch=4, total_steps=40)
    return replace(settled, facts=facts, training=training)


def row(epoch: int) -> EpochRow:
    return EpochRow(
        epoch, 4 * epoch, 0.1, 2.0, {"loss": 0.5, "accuracy": 0.8, "val_loss": 0.6, "val_accuracy": 0.75}
    )


def best(program: Program, epoch: int) -> Best:
    return Best(program.monitor, epoch, 0.6)


def test_elsewhere_an_epoch_is_one_line_with_metrics_speed_and_the_time_left(program: Program) -> None:
    stream, clock = io.StringIO(), Clock()
    lines = EpochLines(stream, clock)
    lines.begin(program, 99)
    for step in range(1, 5):
        clock.now += 1.0
        lines.block(step, 1, {})
    lines.epoch(row(1), best(program, 1))
    # 3 steps of 50 examples in 3 seconds after the first step; 36 steps are left.
    assert stream.getvalue() == (
        "epoch 1/10  loss 0.5000  accuracy 0.8000  val_loss 0.6000  val_accuracy 0.7500"
        "  50 examples/s  ETA 36.0 s  best\n"
    )
    lines.epoch(row(2), best(program, 1))
    assert not stream.getvalue().endswith("best\n")


def test_elsewhere_nothing_moves_the_cursor_or_has_a_colour(program: Program) -> None:
    stream = io.StringIO()
    lines = EpochLines(stream, Clock())
    lines.begin(program, 99)
    lines.block(1, 1, {})
    lines.epoch(row(1), best(program, 1))
    lines.close()
    assert "\r" not in stream.getvalue()
    assert "\x1b" not in stream.getvalue()


def test_on_a_terminal_one_line_is_drawn_again_in_place(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "130")
    stream, clock = io.StringIO(), Clock()
    line = LiveLine(stream, "seed 2 of 5", clock)
    line.begin(program, 1_234)
    for step in range(1, 5):
        clock.now += 1.0
        line.block(step, 1, {})
    line.epoch(row(1), best(program, 1))
    clock.now += 1.0
    line.block(5, 2, {})
    drawn = stream.getvalue().split("\r\x1b[K")[1:]
    assert "\n" not in stream.getvalue()
    assert drawn[0] == "seed 2 of 5  compiling the first step ...  1,234 parameters"
    assert drawn[1] == "seed 2 of 5  epoch 1/10"
    assert drawn[-1] == (
        "seed 2 of 5  epoch 2/10  ETA 35.0 s  loss 0.5000  val_loss 0.6000  val_accuracy 0.7500"
        "  accuracy 0.8000  50 examples/s"
    )


def test_a_live_line_never_fills_the_width_of_the_terminal(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    stream, clock = io.StringIO(), Clock()
    line = LiveLine(stream, clock=clock)
    line.begin(program, 99)
    line.epoch(row(1), best(program, 1))
    for step in (5, 6):
        clock.now += 1.0
        line.block(step, 2, {})
    drawn = stream.getvalue().split("\r\x1b[K")[1:]
    assert max(map(len, drawn)) < 60
    assert drawn[-1] == "epoch 2/10  ETA 34.0 s  loss 0.5000  val_loss 0.6000"


def test_a_live_line_is_drawn_ten_times_a_second_at_most(program: Program) -> None:
    stream, clock = io.StringIO(), Clock()
    line = LiveLine(stream, clock=clock)
    line.begin(program, 99)
    for step in range(1, 1001):
        clock.now += 0.001
        line.block(step, 1, {})
    assert 9 <= stream.getvalue().count("\r") <= 12


def test_a_live_line_is_gone_when_training_ends(program: Program) -> None:
    stream = io.StringIO()
    line = LiveLine(stream)
    line.begin(program, 99)
    line.close()
    assert stream.getvalue().endswith("\r\x1b[K")
