"""What messages tell of foreign words."""

import pytest

from recipe.diagnostics.data_sources import CannotFetch
from recipe.diagnostics.monitoring import TrackerFailed, TrackerRefused
from recipe.diagnostics.presets import PresetNotRead
from recipe.diagnostics.wording import without_secrets

SAID = "no answer from https://me:p@hunter2@host/set?access_token=hunter2&page=2"
MESSAGES = (
    CannotFetch(None, "mnist", "", SAID),
    TrackerRefused(None, "monitor.mlflow", SAID),
    TrackerFailed(None, "monitor.mlflow", SAID),
    PresetNotRead(None, "https://me:hunter2@host/preset", False, SAID),
)


@pytest.mark.parametrize("problem", MESSAGES, ids=lambda problem: type(problem).__name__)
def test_a_message_about_an_address_shows_neither_login_nor_key(problem):
    assert "hunter2" not in problem.message
    assert "host/set?access_token=***&page=2" in problem.message


@pytest.mark.parametrize("text", ["a@b.org wrote: key=3", "https://host/a@b?page=2", "sqlite:///runs.db", ""])
def test_other_texts_stay_as_they_are(text):
    assert without_secrets(text) == text
