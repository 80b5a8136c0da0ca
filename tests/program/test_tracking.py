"""The gap to the validation, who is told of a run, and which knobs a spec has left."""

import importlib.util
import math

import pytest

from recipe import api
from recipe.diagnostics.monitoring import TrackerError
from recipe.program.building import build
from recipe.program.gaps import gap_of
from recipe.program.knobs import knobs
from recipe.program.programs import Overfitting, Tracking
from recipe.program.tracking import check_trackers
from tests.lint import programs
from tests.lint.programs import DIGITS, root

SPLIT = "data: {source: {bundled: digits}, split: {validation: 10%}}\n"


def settled(text, facts=DIGITS):
    problems = []
    program = build(root(SPLIT + text)[0], facts, problems)
    return program, [problem.code for problem in problems]


def test_a_gap_is_how_much_worse_the_validation_is_whichever_way_is_better():
    assert gap_of({"auc": 0.9, "val_auc": 0.7}, "auc", "max") == pytest.approx(0.2)
    assert gap_of({"loss": 0.1, "val_loss": 0.4}, "loss", "min") == pytest.approx(0.3)
    assert math.isnan(gap_of({"loss": 0.1}, "loss", "min"))


def test_a_lone_number_is_the_gap_of_the_first_metric_of_which_more_is_better():
    program, codes = settled("monitor: {overfitting: 0.15}")
    assert codes == []
    assert program.overfitting == Overfitting("accuracy", "max", 0.15, 3, stops=False)


def test_without_such_a_metric_it_is_the_gap_of_the_loss():
    program, _ = settled("metrics: []\nmonitor: {overfitting: {gap: 0.5, action: stop, patience: 2 epochs}}")
    assert program.overfitting == Overfitting("loss", "min", 0.5, 2, stops=True)


def test_a_metric_may_be_named_with_or_without_the_validation():
    for name in ("loss", "val_loss"):
        program, codes = settled(f"monitor: {{overfitting: {{gap: 0.5, metric: {name}}}}}")
        assert (program.overfitting.metric, program.overfitting.direction, codes) == ("loss", "min", [])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("monitor: {overfitting: {gap: 0.1, metric: acc}}", "R307"),
        ("metrics: [accuracy, Mean]\nmonitor: {overfitting: {gap: 0.1, metric: mean}}", "R308"),
        ("data: {source: {bundled: digits}}\nmonitor: {overfitting: 0.1}", "R370"),
        ("data: {source: {bundled: digits}}\ntraining: {epochs: 4, validate_every: 2 epochs}", "R370"),
    ],
)
def test_what_cannot_be_watched_is_refused(text, code):
    text = programs.spec(text if text.startswith("data") else SPLIT + text)
    assert [problem.code for problem in api.check("example.yaml", text=text).problems] == [code]


def test_trackers_are_off_unless_they_are_asked_for():
    assert settled("")[0].tracking == Tracking(experiment="example")
    program, _ = settled("name: mine\nmonitor: {tensorboard: true, mlflow: true}")
    assert program.tracking == Tracking(tensorboard=True, mlflow=True, experiment="mine")


def test_a_package_that_is_missing_is_told_with_what_to_install(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    program, _ = settled("monitor: {tensorboard: true, mlflow: true}")
    with pytest.raises(TrackerError) as refused:
        check_trackers(program)
    assert [problem.code for problem in refused.value.problems] == ["R630", "R630"]
    assert "pip install 'keras-recipe[tensorboard]'" in refused.value.problems[0].help
    check_trackers(settled("")[0])


# -- knobs ---------------------------------------------------------------------------------------


def test_knobs_that_are_off_are_named_with_the_words_that_turn_them():
    told = knobs(settled("architecture: [Flatten, {Dense: 8}, head]\noptimizer: SGD")[0])
    assert len(told) == 3
    assert "`- Dropout`" in told[0]
    assert "weight_decay: 1e-2" in told[1]
    assert "augmentation" in told[2]


def test_a_knob_that_is_turned_is_not_named():
    every = (
        "architecture: [Flatten, {Dense: {units: 8, activation: relu}}, Dropout, head]\n"
        "optimizer: AdamW\n"
        "regularization: {dropout: 0.3, weight_decay: 0.02, label_smoothing: 0.1, "
        "early_stopping: 5 epochs, augmentation: [{RandomFlip: horizontal}]}"
    )
    (told,) = knobs(settled(every)[0])
    assert "`weight_decay` (now 0.02)" in told
    assert "`dropout` (now 0.3)" in told
    one_off = settled(every.replace("dropout: 0.3", "dropout: 0%"))[0]
    assert knobs(one_off) == ("every `Dropout` has the rate 0: write `regularization: {dropout: 0.2}`",)
