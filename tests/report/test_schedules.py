import struct
from pathlib import Path

import pytest

from recipe.report.schedules import draw_schedule
from tests.report.test_curves import words_of

CURVE = {step: 0.1 * step / 10 if step < 10 else 0.1 * (99 - step) / 89 for step in range(100)}
MARKS = {step: CURVE[step] for step in (0, 10, 50, 99)}


def test_the_picture_has_its_marks_and_both_axes(tmp_path: Path):
    path = tmp_path / "schedule.svg"
    draw_schedule(CURVE, MARKS, path, title="fashion <1>", steps_per_epoch=25)
    words = words_of(path)
    assert {"fashion <1>", "Learning rate", "step", "epoch"} <= set(words)
    assert {"0.1", "0.0551"} <= set(words)


def test_the_same_schedule_gives_the_same_bytes(tmp_path: Path):
    for name in ("first.svg", "second.svg"):
        draw_schedule(CURVE, MARKS, tmp_path / name, title="same", steps_per_epoch=25)
    assert (tmp_path / "first.svg").read_bytes() == (tmp_path / "second.svg").read_bytes()


def test_the_suffix_chooses_a_bitmap(tmp_path: Path):
    path = tmp_path / "schedule.png"
    draw_schedule(CURVE, MARKS, path, title="bitmap", steps_per_epoch=25)
    content = path.read_bytes()
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    assert min(struct.unpack(">II", content[16:24])) > 500


@pytest.mark.parametrize("curve", [{0: 0.1}, {0: 0.0, 1: 0.0}, {0: 0.1, 5: 0.1}])
def test_a_run_of_one_step_or_a_flat_one_can_be_drawn(tmp_path: Path, curve: dict[int, float]):
    path = tmp_path / "schedule.svg"
    draw_schedule(curve, curve, path, title="flat", steps_per_epoch=1)
    assert "flat" in words_of(path)
