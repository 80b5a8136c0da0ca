"""`--allow-imports`: the word that lets the code of a spec run, wanted by every command that would run it."""

from pathlib import Path

import pytest

from tests.cli.conftest import XOR, Cli

MODULE = """
import keras


@keras.saving.register_keras_serializable("doubled")
class Doubled(keras.layers.Layer):
    def call(self, inputs):
        return 2 * inputs
"""


@pytest.fixture
def spec(folder: Path) -> Path:
    (folder / "doubling_layers.py").write_text(MODULE)
    text = XOR.replace("data:\n", "imports: [doubling_layers]\ndata:\n")
    path = folder / "doubled.yaml"
    path.write_text(text.replace("  - head\n", "  - doubling_layers.Doubled\n  - head\n"))
    return path


def test_a_check_calls_the_names_of_a_module_unchecked_and_ends_well(cli: Cli, spec: Path) -> None:
    said = cli("check", spec)
    assert said.code == 0
    assert "`doubling_layers.Doubled` is unchecked" in said.out + said.err


def test_code_runs_only_when_the_command_line_says_so(cli: Cli, spec: Path) -> None:
    run = spec.parent / "run"
    for command in (
        ("fit", spec, "--run", run),
        ("fit", spec, "--dry-run"),
        ("plan", spec),
        ("find-lr", spec),
    ):
        said = cli(*command)
        assert (said.code, "R680" in said.err) == (1, True)
    assert cli("fit", spec, "--run", run, "--allow-imports").code == 0
    assert "doubled" in cli("plan", spec, "--allow-imports").out
    for command in (("evaluate", run), ("predict", run, "rows.csv")):
        (spec.parent / "rows.csv").write_text("left,right\n0,1\n")
        said = cli(*command)
        assert (said.code, "R680" in said.err) == (1, True)
        assert cli(*command, "--allow-imports").code == 0
