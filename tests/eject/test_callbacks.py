"""What watches a run, and ends it, does the same in a printed script."""

from pathlib import Path

import pytest

import recipe
from recipe import api
from tests.eject.running import differing

SPECS = Path(__file__).parents[2] / "specs"
LOG = "training.callbacks=[{CSVLogger: log.csv}]"
SGD = "optimizer={SGD: {learning_rate: 0.3, momentum: 0.9}}"
STOPPING = "regularization.early_stopping={patience: 1 epochs, minimum_delta: 0.1}"


def digits(*overrides: str) -> api.Spec:
    """A small network for at most eight epochs."""
    return recipe.load(SPECS / "digits-mlp.yaml", ["runtime.engine=graph", "training.epochs=8", *overrides])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("overrides", "epochs"),
    [
        (("training.stop_at={val_accuracy: 0.85}",), None),
        (("monitor.overfitting={gap: 0.01, action: stop}", "regularization=off", "training.epochs=30"), None),
        ((SGD, STOPPING, "regularization.ema={decay: 0.9}"), None),
        (("training.epochs=off", "training.steps=100"), 3),
        (("schedule={reduce_on_plateau: {patience: 1 epochs, minimum_delta: 0.3}}", "optimizer=Adam"), 8),
        (
            (
                "schedule={reduce_on_plateau: {patience: 1 epochs, minimum_delta: 0.3, after: "
                "{warmup_constant: {warmup: 1 epochs}}}}",
                "optimizer=Adam",
                "training.validate_every=3 epochs",
            ),
            8,
        ),
    ],
    ids=lambda one: one[-1].partition("=")[0] if isinstance(one, tuple) else "",
)
def test_a_script_ends_and_slows_down_when_the_run_does(
    overrides: tuple[str, ...], epochs: int | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)  # the run writes its log beside itself too
    spec = digits(LOG, *overrides)
    assert differing(tmp_path, spec) == []
    logged = len((tmp_path / "log.csv").read_text().splitlines()) - 1
    assert logged == epochs if epochs else logged < int(str(spec.program.training.epochs))


def test_what_a_run_is_ended_by_stands_in_the_script_in_plain_words():
    text = api.eject(digits("training.stop_at={val_accuracy: 0.9, val_loss: 0.3}", "monitor.overfitting=off"))
    wanted = 'if logs.get("val_accuracy", math.nan) >= 0.9 and logs.get("val_loss", math.nan) <= 0.3:'
    assert wanted in text
    assert "class Overfitting" not in text


@pytest.mark.parametrize(
    ("overrides", "line"),
    [
        (("training.validate_every=2 epochs",), "validation_freq=2,"),
        (("training.validate_every=3 epochs",), "validation_freq=[*range(3, EPOCHS, 3), EPOCHS],"),
        (("training.callbacks=[TerminateOnNaN]",), "callbacks=[keras.callbacks.TerminateOnNaN()],"),
        (("training.epochs=off", "training.steps=100"), "TOTAL_STEPS = 100"),
    ],
)
def test_a_word_of_ours_is_the_one_of_keras_where_there_is_one(overrides: tuple[str, ...], line: str):
    assert line in (written.strip() for written in api.eject(digits(*overrides)).splitlines())
