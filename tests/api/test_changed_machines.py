"""A run that is to go on with other versions, on another machine or with another engine."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import recipe
from recipe.api import FitOptions
from recipe.diagnostics.runs import RunFolderError
from tests.api.runs import StopAfter, StoppedError, train, weights, write_rows

Edit = Callable[[dict[str, Any]], object]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the table, `whole`, and `stopped` after 7 of 15 steps."""
    folder = tmp_path_factory.mktemp("machines")
    write_rows(folder)
    train(folder, folder / "whole")
    with pytest.raises(StoppedError):
        train(folder, folder / "stopped", callbacks=(StopAfter(7),))
    return folder


@pytest.fixture
def copy(place: Path, tmp_path: Path) -> Path:
    """The same in a place that a test may change."""
    return shutil.copytree(place, tmp_path / "copy")


def environment(run: Path) -> dict[str, Any]:
    written: dict[str, Any] = json.loads((run / "environment.json").read_text())
    return written


def edit(run: Path, change: Edit) -> None:
    """Make a run folder say that it began under other conditions."""
    written = environment(run)
    change(written)
    (run / "environment.json").write_text(json.dumps(written))


CHANGES: dict[str, Edit] = {
    "versions.keras-recipe": lambda written: written["versions"].update({"keras-recipe": "0.0.1"}),
    "versions.keras": lambda written: written["versions"].update(keras="3.1"),
    "versions.tensorflow": lambda written: written["versions"].pop("tensorflow"),
    "threads": lambda written: written.update(threads=99),
    "processor": lambda written: written.update(processor="abacus"),
    "devices": lambda written: written.update(devices=["H100"]),
    "variables.XLA_FLAGS": lambda written: written["variables"].update(XLA_FLAGS="--fast"),
    "precision": lambda written: written.update(precision="mixed_float16"),
    "strategy": lambda written: written.update(strategy="mirrored"),
    "deterministic": lambda written: written.update(deterministic=False),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_equal_bits_need_is_compared_and_named(copy: Path, name: str):
    edit(copy / "stopped", CHANGES[name])
    with pytest.raises(RunFolderError) as error:
        recipe.api.resume(copy / "stopped")
    (problem,) = error.value.problems
    assert (problem.code, error.value.exit_code) == ("R614", 7)
    assert f"`{name}`" in problem.message
    assert name in problem.help
    assert "--engine-changed" in problem.help


def test_what_is_accepted_is_told_and_written_down_once(copy: Path):
    run = copy / "stopped"
    edit(run, CHANGES["threads"])
    with pytest.raises(StoppedError):
        recipe.api.resume(run, FitOptions(engine_changed=True, callbacks=(StopAfter(2),)))
    (accepted,) = environment(run)["accepted"]
    assert accepted["step"] == 7
    assert accepted["threads"][0] == "99"
    resumed = recipe.api.resume(run)
    assert resumed.outcome.warnings == ()
    assert environment(run)["accepted"] == [accepted]


def test_accepting_warns_that_the_bits_are_lost(copy: Path):
    edit(copy / "stopped", CHANGES["threads"])
    resumed = recipe.api.resume(copy / "stopped", FitOptions(engine_changed=True))
    (warning,) = resumed.outcome.warnings
    assert warning.code == "R615"
    assert "not be bit-identical" in warning.message


def test_what_readers_only_look_at_is_not_compared(copy: Path):
    edit(copy / "stopped", lambda written: written.update(python="2.7", system="BeOS", note="mine"))
    recipe.api.resume(copy / "stopped")
    assert weights(copy / "stopped") == weights(copy / "whole")


def test_what_an_older_recipe_did_not_write_is_not_compared(copy: Path):
    edit(
        copy / "stopped", lambda written: [written.pop(name) for name in ("processor", "devices", "threads")]
    )
    recipe.api.resume(copy / "stopped")
    assert weights(copy / "stopped") == weights(copy / "whole")


def test_the_engine_that_a_run_began_with_is_used_again(copy: Path):
    assert environment(copy / "stopped")["engine"] == "graph"
    edit(copy / "stopped", lambda written: written.update(engine="fit"))
    resumed = train(copy, copy / "stopped")
    assert resumed.outcome.compiled.program.runtime.engine == "fit"
    assert environment(copy / "stopped")["engine"] == "fit"


def test_another_engine_that_is_asked_for_is_refused(copy: Path):
    with pytest.raises(RunFolderError) as error:
        train(copy, copy / "stopped", "runtime.engine=fit")
    assert "`engine`" in error.value.problems[0].message


@pytest.mark.parametrize("damage", ["", "{", "[]", None])
def test_a_run_whose_conditions_nobody_knows_is_refused(copy: Path, damage: str | None):
    path = copy / "stopped" / "environment.json"
    path.unlink() if damage is None else path.write_text(damage)
    with pytest.raises(RunFolderError) as error:
        recipe.api.resume(copy / "stopped")
    assert [problem.code for problem in error.value.problems] == ["R602"]


def test_no_secret_of_the_shell_is_written_down(place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Variables of the shell hold tokens and passwords: only names of ours are looked at."""
    monkeypatch.setenv("API_TOKEN", "canary-5f3")
    train(place, tmp_path)
    texts = [
        path.read_text() for path in tmp_path.rglob("*") if path.suffix in (".json", ".csv", ".txt", ".yaml")
    ]
    assert len(texts) > 4
    assert not any("canary-5f3" in text for text in texts)
