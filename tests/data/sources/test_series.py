from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from recipe.catalog.calls import Call
from tests.data.plans import WHOLE, plan_of, source

MONTHS = replace(WHOLE, validation=2880, test=2880)


def series(path: Path | str, **arguments: object) -> Call:
    given = {"window": 336, "horizon": 96, "time": "date", "columns": None, "forecast": None, "rows": None}
    given |= {"standardize": True, "encoding": "utf-8", **arguments}
    return source("series", path=str(path), **given)  # type: ignore[arg-type]


def test_ett_is_cut_and_scaled_as_in_the_literature(dataset_of, shared_data):
    path = shared_data("ETTh1.csv")
    dataset = dataset_of(plan_of(series(path, rows=14400), split=MONTHS))
    # Dataset_ETT_hour of Informer and LTSF-Linear: borders in hours, scaled by the first twelve months.
    values = pd.read_csv(path).iloc[:14400, 1:].to_numpy()
    train = values[: 12 * 30 * 24]
    scaled = (values - train.mean(axis=0)) / train.std(axis=0)
    borders = {
        "train": (0, 8640),
        "validation": (8640 - 336, 8640 + 2880),
        "test": (8640 + 2880 - 336, 8640 + 5760),
    }
    for part, (start, stop) in borders.items():
        arrays, data = dataset.splits[part], scaled[start:stop]
        count = len(data) - 336 - 96 + 1
        assert dataset.facts.examples[part] == len(arrays) == count
        for index in (0, 1, count - 1):
            rows = np.array([index])
            assert np.allclose(arrays.inputs["input"][rows][0], data[index : index + 336], atol=1e-5)
            assert np.allclose(arrays.targets["horizon"][rows][0], data[index + 336 : index + 432], atol=1e-5)


def steps(*rows: str) -> tuple[str, ...]:
    return ("time,a,b", *rows)


COUNTED = steps(*(f"{number},{number * 2},{number % 3}" for number in range(40)))


def test_one_column_can_be_forecast_from_several_in_their_own_units(dataset_of, write):
    path = write(*COUNTED)
    call = series(path, window=4, horizon=2, time="time", forecast=("b",), standardize=False)
    arrays = dataset_of(plan_of(call, split=replace(WHOLE, test=0.25))).splits["test"]
    assert arrays.inputs["input"][:][0].tolist() == [[52, 2], [54, 0], [56, 1], [58, 2]]
    assert arrays.targets["horizon"][:][0].tolist() == [[0], [1]]
    assert arrays.inputs["input"].shape == (9, 4, 2)


def test_a_test_series_of_its_own_is_scaled_by_the_training_series(dataset_of, write):
    paths = write(*COUNTED, name="a.csv"), write(*COUNTED[:21], name="b.csv")
    sources = {
        part: series(path, window=4, horizon=2, time="time")
        for part, path in zip(("train", "test"), paths, strict=True)
    }
    arrays = dataset_of(plan_of(sources)).splits["test"]
    train = np.array([[number * 2, number % 3] for number in range(40)])
    assert np.allclose(
        arrays.inputs["input"][:][0], (train[:4] - train.mean(axis=0)) / train.std(axis=0), atol=1e-6
    )


@pytest.mark.parametrize(("row", "code"), [
    ("7,5,5", "R573"), ("40,,1", "R575"), ("40,1;5,1", "R526"), ("soon,1,1", "R574"),
])  # fmt: skip
def test_rows_that_no_window_can_hold_are_named(problems_of, write, row: str, code: str):
    path = write(*COUNTED, row)
    (problem,) = problems_of(plan_of(series(path, window=4, horizon=2, time="time")))
    assert problem.code == code
    assert "line 42" in problem.message


def test_dates_are_times(problems_of, write):
    days = [f"2024-{month:02}-01 00:00,{month},1" for month in (1, 2, 3, 5, 4, 6)]
    (problem,) = problems_of(plan_of(series(write(*steps(*days)), window=2, horizon=1, time="time")))
    assert (problem.code, problem.places[0].number) == ("R573", 6)


def test_a_series_without_a_column_says_which_it_has(problems_of, write):
    call = series(write(*COUNTED), window=4, horizon=2, time="time", columns=("a", "c"))
    (problem,) = problems_of(plan_of(call))
    assert "c" in problem.message
    assert "`a`, `b`" in problem.help
