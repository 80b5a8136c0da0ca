"""`steps.csv` as a running process leaves it."""

from pathlib import Path

import pytest

from recipe.report.steps import Steps, read_steps


def test_rows_that_are_not_whole_yet_and_cells_without_a_number_are_left_out(tmp_path: Path):
    (tmp_path / "steps.csv").write_text("step,loss,gradient_norm\n1,0.5,\n2,nan,3.0\n3,0.25,2.0\n4,0.")
    steps = read_steps(tmp_path)
    assert steps.points("loss") == ((1, 0.5), (3, 0.25))
    assert steps.points("gradient_norm") == ((2, 3.0), (3, 2.0))
    assert steps.points("update_ratio") == ()


def test_a_run_without_the_file_has_no_points(tmp_path: Path):
    assert read_steps(tmp_path).points("loss") == ()
    (tmp_path / "steps.csv").write_text("")
    assert read_steps(tmp_path).points("loss") == ()


def test_a_long_curve_is_averaged_over_neighbours():
    steps = Steps({"step": tuple(range(1, 1001)), "loss": tuple(float(step) for step in range(1, 1001))})
    points = steps.points("loss", most=10)
    assert len(points) == 10
    assert points[0] == (100, pytest.approx(50.5))
    assert points[-1] == (1000, pytest.approx(950.5))
