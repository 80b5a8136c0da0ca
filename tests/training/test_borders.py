"""What happens between two blocks when a signal asked for the end."""

import signal
from pathlib import Path

import numpy as np
import pytest

from recipe.diagnostics.problems import RecipeError
from recipe.program.programs import Checkpointing
from recipe.training.checkpoints import newest
from recipe.training.manifests import folder_name
from recipe.training.saving import ENDED_BY, WORDS, Saver
from recipe.training.states import Position, State
from recipe.training.writers import AsyncWriter


class Asked:
    """Stands for a Watcher that a signal came to."""

    def __init__(self, number: int):
        self.stop_requested = number


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGHUP, 129), (signal.SIGINT, 130), (signal.SIGTERM, 143)]
)
def test_a_closed_terminal_like_every_other_signal_saves_the_step_and_ends_the_run(
    tmp_path: Path, number: int, code: int
):
    state = State(Position(0, 7, 7), (), (0, 0.0), (), {"model/0000": np.zeros(3)})
    with AsyncWriter(2) as writer, pytest.raises(RecipeError) as ended:
        Saver(tmp_path, writer, Asked(number), Checkpointing())(7, lambda: state)
    assert ended.value.exit_code == code
    assert newest(tmp_path, []) == tmp_path / folder_name(7)
    assert ENDED_BY.keys() == WORDS.keys()
