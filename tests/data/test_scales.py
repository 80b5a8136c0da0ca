"""Every scale against scikit-learn, which nobody here wrote."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sklearn.preprocessing import MinMaxScaler, QuantileTransformer, RobustScaler, StandardScaler

from recipe.catalog import lookup
from recipe.data import scales
from tests.data.plans import csv_source, kind, plan_of

GENERATOR = np.random.default_rng(0)
TRAINING, OTHERS = GENERATOR.lognormal(size=500), GENERATOR.lognormal(size=300)
THEIRS = {
    "standard": StandardScaler(),
    "robust": RobustScaler(),
    "minmax": MinMaxScaler(),
    "quantile": QuantileTransformer(n_quantiles=scales.MOST_KNOTS, output_distribution="normal"),
}


@pytest.mark.parametrize("name", THEIRS)
def test_a_scale_is_that_of_scikit_learn(name):
    theirs = THEIRS[name].fit(TRAINING[:, np.newaxis])
    ours = scales.apply(scales.fit(name, TRAINING), OTHERS)
    assert np.allclose(ours, theirs.transform(OTHERS[:, np.newaxis])[:, 0], atol=1e-12)


def test_log_is_the_standardized_log_of_one_more():
    theirs = StandardScaler().fit(np.log1p(TRAINING)[:, np.newaxis])
    ours = scales.apply(scales.fit("log", TRAINING), OTHERS)
    assert np.allclose(ours, theirs.transform(np.log1p(OTHERS)[:, np.newaxis])[:, 0])


def test_numbers_that_occur_often_take_the_middle_of_their_ranks_as_in_scikit_learn():
    numbers = GENERATOR.integers(0, 10, 1000).astype(float)
    theirs = QuantileTransformer(n_quantiles=scales.MOST_KNOTS, output_distribution="normal")
    expected = theirs.fit_transform(numbers[:, np.newaxis])[:, 0]
    inner = (numbers > 0) & (numbers < 9)  # scikit-learn sends the smallest and the largest to the edges
    ours = scales.apply(scales.fit("quantile", numbers), numbers)
    assert np.allclose(ours[inner], expected[inner])
    assert abs(ours[numbers == 0][0] + ours[numbers == 9][0]) < 0.2


def test_none_leaves_numbers_alone():
    assert np.array_equal(scales.apply(scales.fit("none", TRAINING), OTHERS), OTHERS)


@pytest.mark.parametrize("name", [*scales.SCALES, scales.QUANTILE])
def test_equal_numbers_have_a_scale(name):
    assert np.isfinite(scales.apply(scales.fit(name, np.full(4, 7.0)), np.array([7.0, 9.0]))).all()


def test_a_scale_too_fine_for_the_numbers_on_it_leaves_them_finite():
    numbers = np.array([0.0, 0.0, 0.0, 1.0, 1e-40])
    assert np.isfinite(scales.apply(scales.fit("robust", numbers), numbers).astype(np.float32)).all()


@pytest.mark.parametrize("name", scales.SCALES)
@example(numbers=[0.0, 0.0, 0.0, 1.0, 2.225073858507203e-309])
@given(numbers=st.lists(st.floats(0, 1e6), min_size=2, max_size=20))
def test_a_scale_that_is_undone_gives_the_numbers_back(name, numbers):
    given_numbers = np.asarray(numbers)
    statistics = scales.fit(name, given_numbers)
    back = scales.undo(statistics, scales.apply(statistics, given_numbers))
    assert np.allclose(back, given_numbers, rtol=1e-6, atol=1e-6 * max(1.0, given_numbers.max()))


def test_a_column_is_scaled_by_its_training_split_alone(write, dataset_of):
    train = csv_source(write("x,y", "0,a", "3,b", "8,a", name="train.csv"))
    test = csv_source(write("x,y", "1000,a", name="test.csv"))
    plan = plan_of({"train": train, "test": test}, "y", features={"x": kind("number", scale="minmax")})
    dataset = dataset_of(plan)
    assert dataset.splits["train"].inputs["input"][:, 0].tolist() == [0.0, 0.375, 1.0]
    assert dataset.splits["test"].inputs["input"][0, 0] == 125.0


def test_a_number_below_the_scale_is_refused_wherever_it_is(write, problems_of):
    train = csv_source(write("x,y", "0,a", "3,b", "8,a", name="train.csv"))
    test = csv_source(write("x,y", "-2,a", name="test.csv"))
    plan = plan_of({"train": train, "test": test}, "y", features={"x": kind("number", scale="log")})
    (problem,) = problems_of(plan)
    assert (problem.code, problem.cell, problem.places[0].file) == ("R581", "-2", "test.csv")


def test_every_scale_that_may_be_written_is_one(write, dataset_of):
    words = lookup.find("kind", "number").parameter("scale").holds.choices
    assert set(words) == {"auto", scales.QUANTILE, *scales.SCALES}
