"""The page of a run: from its folder alone, whatever of it is there; and as a browser shows it."""

import json
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest

from recipe import api
from recipe.program.saving import to_json
from recipe.report.run_pages import run_page
from tests.report import browser

SPEC = """\
# Penguins <by hand>.
recipe: 1
name: fashion
data:
  source: {bundled: penguins}
  target: species
  missing: drop
  split: {validation: 20%, test: 20%}
architecture:
  - Dense: {units: 4, activation: relu}   # narrow & shallow
  - head
optimizer:
  AdamW: {learning_rate: 0.05}
training: {epochs: 30, batch_size: 50}
monitor: {overfitting: 0.1}
"""
LAYERS = [
    {
        "name": name,
        "kind": "Dense",
        "shape": shape,
        "parameters": parameters,
        "trainable": parameters,
        "flops": 64,
        "line": 10,
        "source": "mine.yaml",
    }
    for name, shape, parameters in (("dense", "(4,)", 40), ("head", "(3,)", 15))
]
STEPS = "step,epoch,loss,learning_rate,examples_per_second,gradient_norm,update_ratio\n" + "".join(
    f"{10 * n},1,{1 / n:.4f},{0.05 / n:.4f},{20_000 + n},{3 / n:.3f},0.001\n" for n in range(1, 60)
)
LEGIBLE = "text => text.getBoundingClientRect().height >= 8"
Make = Callable[..., Path]


@pytest.fixture
def run(make_run: Make) -> Path:
    """A run folder with everything that a page can show."""
    folder = make_run()
    prepared = api.prepare(api.load("mine.yaml", text=SPEC))
    (folder / "spec.yaml").write_text(SPEC)
    (folder / "program.json").write_text(json.dumps(to_json(prepared.program)))
    (folder / "layers.json").write_text(json.dumps(LAYERS))
    (folder / "steps.csv").write_text(STEPS)
    environment = {"versions": {"keras": "3.15.1"}, "threads": 2, "devices": [], "engine": "graph"}
    (folder / "environment.json").write_text(json.dumps(environment))
    (folder / "log.txt").write_text("2026-01-01T00:00:00.000Z recipe: R655 this run cannot be repeated\n")
    (folder / "confusion.csv").write_text(
        ",Adelie,Chinstrap,Gentoo\nAdelie,9,1,0\nChinstrap,2,7,0\nGentoo,0,0,8\n"
    )
    return folder


def sections(page: str) -> list[str]:
    return re.findall(r"<h2>(.*?)</h2>", page)


def words(page: str) -> str:
    return unescape(re.sub(r"<[^>]*>", " ", page))


def test_a_page_has_everything_that_the_folder_has(run: Path):
    page = run_page(run)
    assert sections(page) == [
        *("Result", "Curves", "Steps", "Confusion", "Spec", "Layers", "Environment", "Log"),
    ]
    text = words(page)
    assert "fashion/3" in text
    assert "val_accuracy has not risen for 1 epoch" in text
    assert "R655 this run cannot be repeated" in text
    for title in ("Loss", "Accuracy", "Gap of accuracy", "Learning rate", "Gradient norm", "Update / weight"):
        assert f">{title}<" in page


def test_the_numbers_are_those_of_one_epoch(run: Path):
    rows = re.findall(r"<tr>(.*?)</tr>", run_page(run))
    cells = [re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row) for row in rows]
    assert ["epoch 2", "train", "validation", "gap", "test"] in cells
    # More accuracy is better, and less loss: 0.95 against 0.8, and 0.2 against 0.5.
    assert ["accuracy", "0.9500", "0.8000", "0.1500", "0.7900"] in cells
    assert ["loss", "0.2000", "0.5000", "0.3000", "0.5000"] in cells


def test_lines_are_numbered_and_layers_lead_to_theirs(run: Path):
    page = run_page(run)
    line = re.search(r'<span id="line-10">(.*?)\n</span>', page, re.DOTALL)
    assert line
    assert unescape(re.sub(r"<[^>]*>", "", line[1])) == SPEC.splitlines()[9]
    assert '<a href="#line-10">mine.yaml:10</a>' in page
    assert {f"line-{found}" for found in re.findall(r'href="#line-(\d+)"', page)} <= set(
        re.findall(r'id="(line-\d+)"', page)
    )


def test_every_value_has_its_origin(run: Path):
    text = " ".join(words(run_page(run)).split())
    assert "optimizer.AdamW.learning_rate 0.05 mine.yaml:13" in text
    assert "data.missing drop mine.yaml:7" in text
    assert re.search(r"training\.batch_size 50 mine\.yaml:14", text)


def test_mistakes_are_shaded_by_their_share_of_the_row(run: Path):
    page = run_page(run)
    shades = re.findall(r'<td class="(right|wrong)" style="--s:([\d.]+)">', page)
    assert [(kind, float(share)) for kind, share in shades[:6]] == [
        *(("right", 0.9), ("wrong", 0.1), ("wrong", 0.0)),
        *(("wrong", 0.222), ("right", 0.778), ("wrong", 0.0)),
    ]


@pytest.mark.parametrize(
    "missing", ["program.json", "layers.json", "steps.csv", "environment.json", "log.txt", "spec.yaml"]
)
def test_what_is_not_there_is_left_out(run: Path, missing: str):
    before = set(sections(run_page(run)))
    (run / missing).unlink()
    assert len(before - set(sections(run_page(run)))) == (missing not in ("program.json", "spec.yaml"))


@pytest.mark.parametrize("damage", ["", "{", "[1, 2]", "\0", ",a,b\n1,2,x\n"])
def test_damage_in_what_a_page_only_shows_does_no_harm(run: Path, damage: str):
    for name in ("layers.json", "steps.csv", "environment.json", "program.json", "confusion.csv"):
        (run / name).write_text(damage)
    assert sections(run_page(run))[:2] == ["Result", "Curves"]


def test_a_run_that_has_just_begun_has_a_page_too(make_run: Make):
    folder = make_run("epoch,step\n", state="running", best=None, test=None, epochs=0, stopped=None)
    assert "No epoch is finished yet." in run_page(folder)


def test_the_same_folder_gives_the_same_page(run: Path):
    assert run_page(run) == run_page(run)


@pytest.mark.slow
@pytest.mark.skipif(browser.chromium() is None, reason="no chromium on this machine")
def test_a_browser_shows_it_without_complaint_request_or_sideways_scrolling(run: Path, tmp_path: Path):
    page = tmp_path / "report.html"
    page.write_text(run_page(run), encoding="utf-8")
    backgrounds = {}
    with browser.tab() as tab:
        for width in (400, 1400):
            for dark in (False, True):
                tab.open(page, width, dark=dark)
                assert tab.requests == [page.as_uri()]
                assert tab.complaints == []
                assert tab.value("document.documentElement.scrollWidth <= window.innerWidth")
                assert tab.value("document.querySelectorAll('svg').length") >= 7
                assert tab.value(f"[...document.querySelectorAll('svg text')].every({LEGIBLE})")
                backgrounds[dark] = tab.value("getComputedStyle(document.body).backgroundColor")
    assert backgrounds[False] != backgrounds[True]
