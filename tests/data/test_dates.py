import numpy as np
import pandas as pd
import pytest

from recipe.catalog.kind_words import DATE_PARTS
from recipe.data import dates
from recipe.data.tables import column_of
from tests.data.plans import csv_source, kind, plan_of

TIMES = pd.date_range("2012-02-28 05:00", periods=60, freq="19h")


@pytest.fixture
def encoded(write, dataset_of):
    """The facts and the encoded vector of a column of dates."""

    def encode(cells, **options):
        path = write("when,y", *(f"{cell},{'ab'[row % 2]}" for row, cell in enumerate(cells)))
        features = {"when": kind("date", **options)} if options else {}
        dataset = dataset_of(plan_of(csv_source(path), "y", features=features))
        return dataset.facts.columns[0], dataset.splits["train"].inputs["input"]

    return encode


def circle(numbers, cycle):
    return [np.sin(2 * np.pi * numbers / cycle), np.cos(2 * np.pi * numbers / cycle)]


def test_dates_are_found_and_become_the_parts_that_pandas_reads(encoded):
    column, vector = encoded(TIMES.strftime("%Y-%m-%dT%H:%M:%SZ"))
    assert (column.kind, column.reason) == ("date", "60 of 60 cells are dates (ISO 8601)")
    assert column.statistics["parts"] == ("month", "day_of_week", "hour")  # one year only
    expected = [*circle(TIMES.month - 1, 12), *circle(TIMES.day_of_week, 7), *circle(TIMES.hour, 24)]
    assert np.allclose(vector, np.stack(expected, axis=1), atol=1e-6)


def test_every_part_is_that_of_pandas(encoded):
    _, vector = encoded(TIMES.strftime("%Y-%m-%d %H:%M"), parts=DATE_PARTS)
    expected = [
        np.zeros(60),
        *circle(TIMES.month - 1, 12),
        *circle(TIMES.day - 1, 31),
        *circle(TIMES.day_of_week, 7),
        *circle(TIMES.day_of_year - 1, 366),
        *circle(TIMES.hour, 24),
        *circle(TIMES.minute, 60),
    ]
    assert np.allclose(vector, np.stack(expected, axis=1), atol=1e-6)


def test_the_parts_that_may_be_written_are_those_that_are_read():
    assert tuple(dates.PARTS) == DATE_PARTS


def test_a_year_is_standardized(encoded):
    _, vector = encoded(["2010-05-05", "2012-05-05", "2014-05-05", "2012-05-05"], parts=("year",))
    assert np.allclose(vector[:, 0], np.array([-2, 0, 2, 0]) / np.sqrt(2))


@pytest.mark.parametrize("format", ["%d/%m/%Y", "%m/%d/%Y %H:%M", "%d.%m.%Y", "%d %b %Y", "%B %d, %Y"])
def test_common_formats_are_found_where_they_are_clear(format):
    assert dates.formats_of(TIMES.strftime(format)) == (format,)


def test_days_and_months_that_could_be_exchanged_are_refused(write, problems_of, dataset_of):
    source = csv_source(write("when,y", "03/04/2013,a", "05/06/2013,b", "05/06/2013,b", "07/08/2013,a"))
    (problem,) = problems_of(plan_of(source, "y"))
    assert problem.code == "R582"
    assert '`when: {date: {format: "%d/%m/%Y"}}`' in problem.help
    column = dataset_of(
        plan_of(source, "y", features={"when": kind("date", format="%d/%m/%Y", parts=("month",))})
    ).facts.columns[0]
    assert column.statistics["format"] == "%d/%m/%Y"


def test_a_date_that_is_none_is_named_with_its_line(write, problems_of):
    source = csv_source(write("when,y", "2013-01-31,a", "2013-02-30,b", "2013-01-02,a"))
    (problem,) = problems_of(plan_of(source, "y", features={"when": kind("date")}))
    assert (problem.code, problem.cell, problem.places[0].number) == ("R583", "2013-02-30", 3)


def test_missing_dates_are_zeros_and_told_by_one_more_number(encoded):
    column, vector = encoded(["2013-01-31", "", "2013-07-01", "2013-01-31"], missing="indicator")
    assert column.statistics["parts"] == ("month", "day_of_week")
    assert vector[1].tolist() == [0, 0, 0, 0, 1]
    assert vector[:, 4].tolist() == [0, 1, 0, 0]


def test_times_are_ordered_over_time_zones():
    cells = column_of(["2013-01-01T12:00:00Z", "2013-01-01T12:00:00+02:00", ""])
    seconds = dates.seconds_of(cells, dates.ISO)
    assert seconds[0] - seconds[1] == 7200
    assert np.isnan(seconds[2])
