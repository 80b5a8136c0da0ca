import numpy as np
import pytest
from sklearn.preprocessing import MinMaxScaler, RobustScaler, StandardScaler

from recipe.data import scales
from recipe.program.plans import Split
from tests.data.plans import csv_source, kind, npz_source, plan_of

THEIRS = {"standard": StandardScaler(), "robust": RobustScaler(), "minmax": MinMaxScaler()}
SPLIT = Split(validation=0, test=0.5, stratified=False, group=None)
PRICES = np.random.default_rng(0).lognormal(5, size=40).round(2)


@pytest.fixture
def priced(write, dataset_of):
    """The data of a table of prices, learned on a scale."""

    def read(scale):
        path = write("x,price", *(f"{row},{price}" for row, price in enumerate(PRICES[::-1])))
        target = {"price": kind("number", scale=scale)}
        return dataset_of(plan_of(csv_source(path), target, features={"x": kind("number")}, split=SPLIT))

    return read


@pytest.mark.parametrize("scale", THEIRS)
def test_a_target_is_learned_on_the_scale_of_scikit_learn(priced, scale):
    dataset = priced(scale)
    train, test = (PRICES[::-1][dataset.splits[part].rows][:, np.newaxis] for part in ("train", "test"))
    theirs = THEIRS[scale].fit(train)
    assert np.allclose(dataset.splits["test"].targets["price"], theirs.transform(test), atol=1e-5)


@pytest.mark.parametrize("scale", scales.SCALES)
def test_what_is_said_on_the_scale_is_given_back_in_the_unit_of_the_user(priced, scale):
    dataset = priced(scale)
    (target,), arrays = dataset.facts.targets, dataset.splits["test"]
    back = scales.undo(target.statistics, arrays.targets["price"][:, 0].astype(float))
    assert np.allclose(back, PRICES[::-1][arrays.rows], rtol=1e-4)


def test_a_target_is_left_alone_unless_it_is_said(priced):
    assert priced("auto").facts.targets[0].scale == "none"


def test_mean_and_spread_are_those_of_what_is_learned(priced):
    (target,) = priced("log").facts.targets
    assert np.allclose((target.mean, target.std), (0, 1))


def test_the_numbers_of_an_array_of_several_have_no_scale(tmp_path, problems_of):
    np.savez(tmp_path / "a.npz", x=np.ones((9, 3)), y=np.arange(18.0).reshape(9, 2))
    target = {"y": kind("number", scale="standard")}
    (problem,) = problems_of(plan_of(npz_source(tmp_path / "a.npz"), target))
    assert (problem.code, problem.argument) == ("R580", "scale")
