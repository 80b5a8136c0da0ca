"""Momentum and weight decay that follow schedules, in a run that is stopped and goes on."""

from pathlib import Path

import numpy as np
import pytest

import recipe
from tests.api.runs import StopAfter, StoppedError, prepared, train, weights, write_rows

SCHEDULES = (
    "optimizer={SGD: {learning_rate: 0.1, momentum: 0.9}}",
    "regularization.weight_decay=0.01",
    "schedule={learning_rate: one_cycle, momentum: [{linear: {to: 50%, for: 5 steps}}, linear], "
    "regularization.weight_decay: {cosine: {to: 10%}}}",
)


def test_a_run_that_was_stopped_ends_with_the_weights_of_one_that_was_not(tmp_path: Path):
    write_rows(tmp_path)
    train(tmp_path, tmp_path / "whole", *SCHEDULES)
    with pytest.raises(StoppedError):
        train(tmp_path, tmp_path / "stopped", *SCHEDULES, callbacks=(StopAfter(7),))
    train(tmp_path, tmp_path / "stopped", *SCHEDULES)
    assert weights(tmp_path / "whole") == weights(tmp_path / "stopped")


def test_each_schedule_changes_what_is_trained(tmp_path: Path):
    write_rows(tmp_path)
    optimizer, decay, _ = SCHEDULES
    plain = recipe.fit(prepared(tmp_path, optimizer, decay).spec, keep=False)
    for schedule in ("momentum: linear", "regularization.weight_decay: linear"):
        other = recipe.fit(prepared(tmp_path, optimizer, decay, f"schedule={{{schedule}}}").spec, keep=False)
        pairs = zip(plain.model.get_weights(), other.model.get_weights(), strict=True)
        assert any(np.abs(one - two).max() > 1e-6 for one, two in pairs), schedule
