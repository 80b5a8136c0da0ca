"""The worst examples of a run on its page."""

import base64
import io
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from recipe.report.mistakes import mistake_parts
from recipe.report.run_pages import run_page

Make = Callable[..., Path]
ANSWERS = {
    "row": np.array([7, 3]),
    "right": np.array([0, 1]),
    "said": np.array([1, 1]),
    "badness": np.array([4.0, 0.25]),
    "classes": np.array(["cat", "dog"]),
    "split": np.array("test"),
}


def titles(run: Path) -> list[str]:
    return [title for title, _ in mistake_parts(run)]


@pytest.mark.parametrize("channels", [1, 3])
def test_the_worst_images_are_drawn_with_what_was_right_and_what_was_said(make_run: Make, channels: int):
    run = make_run()
    pixels = np.arange(2 * 4 * 4 * channels, dtype=np.uint8).reshape(2, 4, 4, channels) % 16
    np.savez(run / "examples.npz", **ANSWERS, **{"input/image": pixels, "scale/image": np.array(1 / 15)})
    page = run_page(run)
    drawn = re.findall(r"data:image/png;base64,([A-Za-z0-9+/=]+)", page)

    assert titles(run) == ["Worst examples"]
    assert "cat, said dog; row 7" in page
    assert "dog, said dog; row 3" in page
    found = np.asarray(Image.open(io.BytesIO(base64.b64decode(drawn[0]))))
    assert np.array_equal(found, (pixels[0, ..., 0] if channels == 1 else pixels[0]) * 17)


def test_the_worst_rows_of_a_table_are_named(make_run: Make):
    run = make_run()
    np.savez(
        run / "examples.npz",
        **ANSWERS | {"classes": np.array([]), "right": np.array([2.5, 1.0]), "said": np.array([4.5, 1.5])},
        **{"input/input": np.zeros((2, 5), np.float32), "scale/input": np.array(1.0)},
    )
    (_, grid) = dict(mistake_parts(run))["Worst examples"]

    assert grid.head == ("row", "right", "said", "squared error")
    assert grid.rows == (("7", "2.5000", "4.5000", "4.0000"), ("3", "1.0000", "1.5000", "0.2500"))


@pytest.mark.parametrize("content", [b"", b"PK", b"no archive"])
def test_a_damaged_file_is_left_out(make_run: Make, content: bytes):
    run = make_run()
    (run / "examples.npz").write_bytes(content)

    assert titles(run) == []


def test_nothing_in_the_file_is_unpickled(make_run: Make):
    run = make_run()
    np.savez(run / "examples.npz", **ANSWERS | {"right": np.array([{}, {}], dtype=object)})

    assert titles(run) == []
