"""`recipe eject`."""

import ast
from pathlib import Path

from tests.cli.conftest import Cli


def test_the_script_is_printed_and_is_python(cli: Cli, folder: Path) -> None:
    said = cli("eject", "xor.yaml")
    assert said.code == 0
    names = [node.name for node in ast.parse(said.out).body if isinstance(node, ast.FunctionDef)]
    assert names[-1] == "main"
    assert "build_network" in names


def test_a_file_that_exists_is_kept(cli: Cli, folder: Path) -> None:
    assert cli("eject", "xor.yaml", "-o", "xor.py").out == "xor.py\n"
    written = (folder / "xor.py").read_text()
    assert cli("eject", "xor.yaml", "-o", "xor.py", "--set", "training.epochs=3").code != 0
    assert (folder / "xor.py").read_text() == written
    assert cli("eject", "xor.yaml", "-o", "xor.py", "-f").code == 0


def test_what_cannot_be_printed_is_refused_at_its_row(cli: Cli, folder: Path) -> None:
    said = cli("eject", "xor.yaml", "--set", "training.accumulate=2")
    assert said.code == 1
    assert "R346" in said.err
    assert said.out == ""
