import pytest

from tests.lint.programs import codes, found


@pytest.mark.parametrize(("patience", "told"), [(7, False), (8, False), (9, True), (10, True)])
def test_early_stopping_is_of_use_when_it_can_act_before_the_last_epoch(patience, told):
    example = f"training: {{epochs: 10}}\nregularization: {{early_stopping: {{patience: {patience} epochs}}}}"

    assert ("L403" in codes(example)) == told


def test_epochs_before_watching_count_as_patience():
    example = (
        "training: {epochs: 20}\nregularization: {early_stopping: {patience: 5 epochs, after: 15 epochs}}"
    )
    (problem,) = found(example, "L403")

    assert problem.message == "`early_stopping` acts after epoch 21 at the earliest, and the run has 20"


def test_a_callback_that_watches_by_default_is_seen_too():
    example = (
        "data: {source: {bundled: xor}, target: {output: flag}}\n"
        "training: {epochs: 60, callbacks: [ReduceLROnPlateau]}"
    )
    (problem,) = found(example, "L401")

    assert problem.metric == "val_loss"


def test_a_mode_that_says_nothing_is_no_direction():
    example = "training: {epochs: 60, callbacks: [{ReduceLROnPlateau: {mode: %s, monitor: val_accuracy}}]}"

    assert "L402" not in codes(example % "auto")
    assert "L402" not in codes(example % "max")
    assert "L402" in codes(example % "min")
