"""Progress of a run, on a terminal and elsewhere."""

import io
import re
from dataclasses import replace
from pathlib import Path

import pytest

from recipe import api
from recipe.cli.progress import EpochLines, LiveLine, bar
from recipe.program.programs import Program
from recipe.training.rows import Best, EpochRow
from tests.cli.conftest import PENGUINS


class Terminal(io.StringIO):
    """Takes every character."""

    encoding = "utf-8"


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
        "epoch  1/10  loss 0.5000  accuracy 0.8000  val_loss 0.6000  val_accuracy 0.7500"
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
    monkeypatch.setenv("COLUMNS", "160")
    stream, clock = Terminal(), Clock()
    line = LiveLine(stream, "seed 2 of 5", clock)
    line.begin(program, 1_234)
    for step in range(1, 5):
        clock.now += 1.0
        line.block(step, 1, {})
    line.epoch(row(1), best(program, 1))
    clock.now += 1.0
    line.block(5, 2, {"loss": 0.45})
    drawn = stream.getvalue().split("\r\x1b[K")[1:]
    assert "\n" not in stream.getvalue()
    assert drawn[0] == "seed 2 of 5  compiling the first step ...  1,234 parameters"
    assert drawn[1] == "seed 2 of 5  epoch 1/10  ────────────────────   2%"
    assert drawn[-1] == (
        "seed 2 of 5  epoch 2/10  ━━──────────────────  12%  ETA 35.0 s  loss 0.4500  val_loss 0.6000"
        "  val_accuracy 0.7500  accuracy 0.8000  50 examples/s"
    )


def test_the_loss_is_that_of_the_newest_block_and_the_best_epoch_is_named_once_it_is_past(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    stream, clock = Terminal(), Clock()
    line = LiveLine(stream, clock=clock)
    line.begin(program, 99)
    line.epoch(row(2), best(program, 1))
    clock.now += 1.0
    line.block(9, 3, {"loss": 0.25})
    drawn = stream.getvalue().split("\r\x1b[K")[-1]
    assert "loss 0.2500" in drawn
    assert "best 0.6000 in epoch 1" in drawn


def test_colours_are_for_terminals_and_take_no_room(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "70")
    monkeypatch.delenv("NO_COLOR", raising=False)
    lines = []
    for forced in ("", "1"):
        monkeypatch.setenv("FORCE_COLOR", forced)
        stream, clock = Terminal(), Clock()
        line = LiveLine(stream, clock=clock)
        line.begin(program, 99)
        clock.now += 1.0
        line.block(20, 5, {"loss": 0.25})
        lines.append(stream.getvalue().split("\r\x1b[K")[-1])
    plain, coloured = lines
    assert "\x1b" not in plain
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == plain
    assert "\x1b[32m" not in coloured


def test_what_just_became_the_best_is_green(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("FORCE_COLOR", "1")
    stream, clock = Terminal(), Clock()
    line = LiveLine(stream, clock=clock)
    line.begin(program, 99)
    line.epoch(row(1), best(program, 1))
    clock.now += 1.0
    line.block(5, 2, {"loss": 0.25})
    assert "\x1b[32mval_loss 0.6000\x1b[0m" in stream.getvalue()


def test_a_terminal_without_these_characters_gets_others() -> None:
    drawn = "".join(piece.text + piece.gap for piece in bar(0.26, ascii_only=True))
    assert drawn == "=====---------------  26%  "


def test_a_live_line_never_fills_the_width_of_the_terminal(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    stream, clock = Terminal(), Clock()
    line = LiveLine(stream, clock=clock)
    line.begin(program, 99)
    line.epoch(row(1), best(program, 1))
    for step in (5, 6):
        clock.now += 1.0
        line.block(step, 2, {})
    drawn = stream.getvalue().split("\r\x1b[K")[1:]
    assert max(map(len, drawn)) < 60
    assert drawn[-1] == "epoch 2/10  ━━━─────────────────  15%  ETA 34.0 s"


def test_a_live_line_is_drawn_ten_times_a_second_at_most(program: Program) -> None:
    stream, clock = Terminal(), Clock()
    line = LiveLine(stream, clock=clock)
    line.begin(program, 99)
    for step in range(1, 1001):
        clock.now += 0.001
        line.block(step, 1, {})
    assert 9 <= stream.getvalue().count("\r") <= 12


def test_a_live_line_is_gone_when_training_ends(program: Program) -> None:
    stream = Terminal()
    line = LiveLine(stream)
    line.begin(program, 99)
    line.close()
    assert stream.getvalue().endswith("\r\x1b[K")
