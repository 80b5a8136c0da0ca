"""What happens between two blocks when a signal asked for the end."""

import errno
import os
import signal
from pathlib import Path

import numpy as np
import pytest

from recipe.diagnostics.problems import RecipeError
from recipe.program.programs import Checkpointing
from recipe.training.checkpoints import newest
from recipe.training.manifests import folder_name
from recipe.training.saving import ENDED_BY, WORDS, PreemptedError, Saver
from recipe.training.states import Position, State
from recipe.training.writers import AsyncWriter


class Asked:
    """Stands for a Watcher that a signal came to."""

    def __init__(self, number: int):
        self.stop_requested: int | None = number


def state_after(step: int) -> State:
    return State(Position(0, step, step), (), (0, 0.0), (), {"model/0000": np.zeros(3)})


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGHUP, 129), (signal.SIGINT, 130), (signal.SIGTERM, 143)]
)
def test_a_closed_terminal_like_every_other_signal_saves_the_step_and_ends_the_run(
    tmp_path: Path, number: int, code: int
):
    state = state_after(7)
    with AsyncWriter(2) as writer, pytest.raises(RecipeError) as ended:
        Saver(tmp_path, writer, Asked(number), Checkpointing())(7, lambda: state)
    assert ended.value.exit_code == code
    assert newest(tmp_path, []) == tmp_path / folder_name(7)
    assert ENDED_BY.keys() == WORDS.keys()


def test_a_save_that_failed_before_does_not_keep_the_last_step_from_being_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def refuse(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with AsyncWriter(2) as writer:
        with monkeypatch.context() as patched:
            patched.setattr(os, "fsync", refuse)
            writer.submit(tmp_path / folder_name(3), state_after(3).to_files)
            assert writer._pending is not None
            assert writer._pending.exception() is not None
        with pytest.raises(PreemptedError):
            Saver(tmp_path, writer, Asked(signal.SIGTERM), Checkpointing())(7, lambda: state_after(7))
    assert newest(tmp_path, []) == tmp_path / folder_name(7)


def test_after_the_last_step_a_signal_waits_for_the_save_that_runs(tmp_path: Path):
    with AsyncWriter(2) as writer:
        asked = Asked(signal.SIGTERM)
        saver = Saver(tmp_path, writer, asked, Checkpointing(), last_step=7)
        asked.stop_requested = None
        saver(7, lambda: state_after(7))
        saver.leave()
        asked.stop_requested = signal.SIGTERM
        with pytest.raises(PreemptedError) as ended:
            saver.leave()
        assert ended.value.problems[0].step == 7
        assert newest(tmp_path, []) == tmp_path / folder_name(7)
