"""Fixtures of the data floor."""

from collections.abc import Callable
from pathlib import Path

import pytest

from recipe.data.datasets import Dataset
from recipe.data.packing import column_writers, columns, listings
from recipe.data.reading import read
from recipe.diagnostics.problems import Problem, Severity
from recipe.program.plans import DataPlan
from tests.data.plans import csv_source, plan_of


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write a file of a few lines: `write("a,b", "1,2")`."""

    def write_lines(*lines: str, name: str = "data.csv") -> Path:
        path = tmp_path / name
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        return path

    return write_lines


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cache of the test; its files count as settled at once."""
    monkeypatch.setenv("RECIPE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(listings, "SETTLED_SECONDS", -1.0)


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From when it is called on, columns are of many texts from 40 on, in short blocks."""

    def shrink() -> None:
        monkeypatch.setattr(column_writers, "MOST_TEXTS", 40)
        for module in (columns, column_writers):
            monkeypatch.setattr(module, "BLOCK_ROWS", 64)

    return shrink


@pytest.fixture
def dataset_of() -> Callable[[DataPlan], Dataset]:
    """Read a plan that has no errors and no warnings."""

    def read_sound(plan: DataPlan) -> Dataset:
        problems: list[Problem] = []
        dataset = read(plan, problems)
        assert [problem.message for problem in problems if problem.severity is not Severity.INFO] == []
        assert dataset is not None
        return dataset

    return read_sound


@pytest.fixture
def problems_of() -> Callable[[DataPlan], list[Problem]]:
    """Read a plan that has errors."""

    def read_broken(plan: DataPlan) -> list[Problem]:
        problems: list[Problem] = []
        assert read(plan, problems) is None
        assert problems
        return problems

    return read_broken


@pytest.fixture
def column(write, dataset_of):
    """The facts of a feature with some cells."""

    def facts(cells, written=None):
        path = write("x,y", *(f"{cell},{'ab'[row % 2]}" for row, cell in enumerate(cells)))
        dataset = dataset_of(plan_of(csv_source(path, header=True), "y", features={"x": written}))
        return dataset.facts.columns[0]

    return facts


@pytest.fixture
def target(write, dataset_of):
    """The facts of a target with some cells."""

    def facts(cells, written=None):
        path = write("x,y", *(f"{row * row},{cell}" for row, cell in enumerate(cells)))
        return dataset_of(plan_of(csv_source(path, header=True), {"y": written})).facts.targets[0]

    return facts


@pytest.fixture
def refusal(write, problems_of):
    """The problem of a feature (or target) with some cells."""

    def problem_of(cells, written=None, role="feature"):
        path = write("x,y", *(f"{cell},{'ab'[row % 2]}" for row, cell in enumerate(cells)))
        source = csv_source(path, header=True)
        plan = (
            plan_of(source, "y", features={"x": written})
            if role == "feature"
            else plan_of(source, {"x": written})
        )
        (problem,) = problems_of(plan)
        return problem

    return problem_of
