"""Runs beside each other: groups of seeds, mean and spread as pandas has them, and what differs."""

import json
from pathlib import Path

import pandas as pd
import pytest

from recipe import api
from recipe.diagnostics.runs import RunFolderError
from recipe.program.saving import to_json
from recipe.report.comparing import Comparison, compare
from recipe.report.comparison_pages import comparison_page, draw_comparison
from recipe.report.comparison_text import comparison_data, comparison_text
from tests.report import browser
from tests.report.conftest import METRICS, STATUS

SPEC = """\
recipe: 1
name: NAME
data: {source: {bundled: digits}, split: {validation: 10%, test: 10%}}
architecture: [Flatten, {Dense: 16}, Dropout: 0.1, head]
optimizer: {AdamW: {learning_rate: 1e-3}}
regularization: {weight_decay: DECAY}
training: {epochs: 3, batch_size: 32}
runtime: {seed: SEED}
""".replace("Dropout: 0.1", "{Dropout: 0.1}")
TESTS = {"plain": (0.70, 0.74, 0.78), "decayed": (0.80, 0.82, 0.81)}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three seeds of a spec without weight decay, and three of one with it."""
    place = tmp_path_factory.mktemp("compared") / "runs"
    for name, decay in (("plain", "off"), ("decayed", "0.05")):
        for number, accuracy in enumerate(TESTS[name], start=1):
            folder = place / name / str(number)
            folder.mkdir(parents=True)
            text = SPEC.replace("NAME", name).replace("DECAY", decay).replace("SEED", str(number))
            program = api.prepare(api.load("a.yaml", text=text)).program
            learned = {"loss": 0.1, "accuracy": accuracy + (0.2 if name == "plain" else 0.05)}
            status = STATUS | {
                "name": name,
                "state": "finished",
                "weights_epoch": 3,
                "train": learned,
                "test": {"loss": 0.5, "accuracy": accuracy},
            }
            (folder / "status.json").write_text(json.dumps(status))
            (folder / "metrics.csv").write_text(METRICS.replace("0.79", str(accuracy)))
            (folder / "program.json").write_text(json.dumps(to_json(program)))
    return place


@pytest.fixture(scope="module")
def comparison(runs: Path) -> Comparison:
    return compare([runs / "plain", runs / "decayed"])


def values(comparison: Comparison, metric: str, part: str) -> list[tuple[float, ...]]:
    (row,) = (row for row in comparison.rows if (row.metric, row.part) == (metric, part))
    return [sample.values for sample in row.samples]


def test_seeds_of_one_spec_are_a_group(comparison: Comparison):
    assert [group.label for group in comparison.groups] == ["plain/1-3", "decayed/1-3"]


def test_only_what_differs_in_training_is_shown_and_the_seed_is_not(comparison: Comparison):
    ((path, (plain, decayed)),) = comparison.differs.items()
    assert (path, plain) == ("regularization.weight_decay", "off")
    assert decayed.startswith("{value: 0.05, exclude: []")


def test_mean_and_spread_are_those_of_pandas(comparison: Comparison):
    (row,) = (row for row in comparison.rows if (row.metric, row.part) == ("accuracy", "test"))
    for sample, measured in zip(row.samples, TESTS.values(), strict=True):
        series = pd.Series(measured)
        assert sample.values == measured
        assert sample.mean == pytest.approx(series.mean())
        assert sample.spread == pytest.approx(series.std())
    assert row.change == pytest.approx(0.81 / 0.74 - 1)


def test_a_gap_compares_the_same_weights_on_both_sides_without_dropout(comparison: Comparison):
    plain, decayed = values(comparison, "accuracy", "gap")
    assert plain == pytest.approx((0.2, 0.2, 0.2))
    assert decayed == pytest.approx((0.05, 0.05, 0.05))
    losses = values(comparison, "loss", "gap")[0]
    assert losses == pytest.approx((0.45, 0.45, 0.45))  # 0.55 in validation, less is better


def test_the_table_says_it_in_numbers(comparison: Comparison):
    lines = [line.split("  ") for line in comparison_text(comparison).splitlines()]
    cells = [[cell.strip() for cell in line if cell.strip()] for line in lines]
    assert ["accuracy, test", "0.7400 ± 0.0400", "0.8100 ± 0.0100", "+9%"] in cells
    assert ["accuracy, gap", "0.2000 ± 0.0000", "0.0500 ± 0.0000", "-75%"] in cells


def test_json_has_every_value_of_every_run(comparison: Comparison, runs: Path):
    data = json.loads(json.dumps(comparison_data(comparison)))
    assert data["groups"][0]["runs"] == [str(runs / "plain" / number) for number in "123"]
    (test,) = (row for row in data["results"] if (row["metric"], row["part"]) == ("accuracy", "test"))
    assert test["groups"][1]["values"] == list(TESTS["decayed"])


def test_runs_of_equal_programs_are_together_wherever_they_lie(runs: Path):
    comparison = compare([runs / "decayed" / "3", runs / "plain" / "1", runs / "decayed" / "1"])
    assert [group.label for group in comparison.groups] == ["decayed/1,3", "plain/1"]


def test_a_run_named_twice_counts_once(runs: Path):
    assert len(compare([runs / "plain" / "1", runs / "plain"]).groups[0].records) == 3


def test_a_run_whose_program_cannot_be_read_stands_alone(runs: Path, tmp_path: Path):
    for name in ("status.json", "metrics.csv"):
        (tmp_path / name).write_text((runs / "plain" / "1" / name).read_text())
    comparison = compare([tmp_path, runs / "plain" / "1"])
    assert len(comparison.groups) == 2
    assert comparison.differs == {}


def test_a_place_without_runs_is_refused(tmp_path: Path):
    with pytest.raises(RunFolderError) as refused:
        compare([tmp_path])
    assert [problem.code for problem in refused.value.problems] == ["R601"]


@pytest.mark.parametrize("name", ["curves.svg", "curves.png"])
def test_the_curves_are_drawn_alone_too(comparison: Comparison, tmp_path: Path, name: str):
    draw_comparison(comparison, tmp_path / name)
    content = (tmp_path / name).read_bytes()
    assert content.startswith((b"<?xml", b"\x89PNG"))
    if name.endswith("svg"):
        assert b"plain/1-3 0.74" in content  # the mean of the last epoch, at the end of its curve


def test_the_page_has_tables_and_overlaid_curves(comparison: Comparison):
    page = comparison_page(comparison)
    assert "plain/1-3 and decayed/1-3" in page
    assert page.count("<svg") == 3
    assert "0.7400 ± 0.0400" in page


@pytest.mark.slow
@pytest.mark.skipif(browser.chromium() is None, reason="no chromium on this machine")
def test_a_browser_shows_the_page_at_both_widths(comparison: Comparison, tmp_path: Path):
    page = tmp_path / "compared.html"
    page.write_text(comparison_page(comparison), encoding="utf-8")
    with browser.tab() as tab:
        for width in (400, 1400):
            tab.open(page, width)
            assert tab.requests == [page.as_uri()]
            assert tab.complaints == []
            assert tab.value("document.documentElement.scrollWidth <= window.innerWidth")
