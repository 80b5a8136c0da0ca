import math
import re
import struct
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import matplotlib as mpl
import pytest

from recipe.diagnostics.problems import RecipeError
from recipe.report.curves import draw_curves, main_metric
from recipe.report.history import History
from recipe.report.status import Best

EPOCHS = tuple(range(1, 11))
FALLING = tuple(math.exp(-epoch / 5) for epoch in EPOCHS)
HISTORY = History(
    EPOCHS,
    {
        "learning_rate": tuple(0.1 / epoch for epoch in EPOCHS),
        "loss": FALLING,
        "accuracy": tuple(1 - value for value in FALLING),
        "val_loss": tuple(value + 0.1 for value in FALLING),
        "val_accuracy": tuple(0.9 - value for value in FALLING),
    },
)
BEST = Best("val_accuracy", "max", 8, HISTORY.at(8)["val_accuracy"])


def words_of(path: Path) -> list[str]:
    root = ElementTree.fromstring(path.read_text(encoding="utf-8"))
    return ["".join(element.itertext()) for element in root.iter("{http://www.w3.org/2000/svg}text")]


def test_the_picture_names_its_curves_and_the_best_epoch(tmp_path: Path):
    path = tmp_path / "report" / "curves.svg"
    draw_curves(HISTORY, path, title="fashion <1>", best=BEST)
    words = words_of(path)
    assert {"fashion <1>", "Loss", "Accuracy", "Learning rate", "epoch"} <= set(words)
    assert {"train 0.135", "validation 0.235", "train 0.865", "validation 0.765"} <= set(words)
    assert {"best epoch 8: 0.302", "best epoch 8: 0.698"} <= set(words)


def test_the_same_history_gives_the_same_bytes_whatever_the_user_has_set(tmp_path: Path):
    draw_curves(HISTORY, tmp_path / "first.svg", title="same", best=BEST)
    with mpl.rc_context({"lines.linewidth": 9.0, "svg.hashsalt": "other", "font.family": "serif"}):
        draw_curves(HISTORY, tmp_path / "second.svg", title="same", best=BEST)
        assert mpl.rcParams["lines.linewidth"] == 9.0
    first = (tmp_path / "first.svg").read_bytes()
    assert first == (tmp_path / "second.svg").read_bytes()
    assert not re.search(rb"20\d\d-\d\d-\d\d", first)


def test_the_suffix_chooses_a_bitmap(tmp_path: Path):
    path = tmp_path / "curves.png"
    draw_curves(HISTORY, path, title="bitmap")
    content = path.read_bytes()
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", content[16:24])
    assert width > 2 * height


def test_a_constant_learning_rate_needs_no_panel(tmp_path: Path):
    columns = {**HISTORY.columns, "learning_rate": (0.1,) * 10}
    draw_curves(History(EPOCHS, columns), tmp_path / "curves.svg", title="constant")
    assert "Learning rate" not in words_of(tmp_path / "curves.svg")


def test_without_validation_the_lowest_training_loss_is_marked(tmp_path: Path):
    history = History(EPOCHS, {"loss": FALLING})
    draw_curves(history, tmp_path / "curves.svg", title="alone")
    words = words_of(tmp_path / "curves.svg")
    assert "best epoch 10: 0.135" in words
    assert not [word for word in words if word.startswith("validation")]


@pytest.mark.parametrize(
    "history",
    [
        History((), {"loss": ()}),
        History((1,), {"loss": (0.5,), "val_loss": (math.nan,)}),
        History((1, 2), {"loss": (0.0, 0.0), "accuracy": (-1.0, -1.0)}),
        History((1, 2, 3), {"loss": (math.inf, 1e9, 1e-9)}),
    ],
    ids=["no epoch", "one epoch", "constant", "diverged"],
)
def test_odd_histories_are_drawn_too(history: History, tmp_path: Path):
    draw_curves(history, tmp_path / "curves.svg", title="odd")
    words = words_of(tmp_path / "curves.svg")
    assert "Loss" in words
    assert ("no epoch is finished yet" in words) == (not history.epochs)


def test_the_metric_that_chose_the_best_epoch_stands_beside_the_loss():
    history = History((1,), {"loss": (1.0,), "auc": (0.5,), "val_f1": (0.5,), "f1": (0.5,)})
    assert main_metric(history, Best("val_f1", "max", 1, 0.5)) == "f1"
    assert main_metric(history, Best("val_loss", "min", 1, 0.5)) == "auc"
    assert main_metric(history, None) == "auc"
    assert main_metric(History((1,), {"loss": (1.0,)}), None) is None


def test_an_interrupted_write_leaves_the_old_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "curves.svg"
    path.write_text("old")

    def fail(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(RecipeError, match="no space left"):
        draw_curves(HISTORY, path, title="new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_nothing_heavy_is_imported_before_a_picture_is_drawn():
    modules = "recipe.report.curves, recipe.report.summary, recipe.report.seeds, recipe.diagnostics.rendering"
    heavy = "{'matplotlib', 'numpy', 'pandas', 'keras', 'tensorflow', 'rich'}"
    code = f"import sys, {modules}; print(sorted({heavy} & set(sys.modules)))"
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert output.strip() == "[]"
