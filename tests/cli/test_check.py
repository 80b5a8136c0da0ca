"""`recipe check`."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from recipe.cli.check_stages import NOT_CHECKED, Stage
from tests.cli.conftest import XOR, Cli

BROKEN = XOR.replace("learning_rate: 0.5", "learning_rat: 0.5").replace("epochs: 2", "epochs: many")
FRAMEWORKS = ("numpy", "pandas", "tensorflow", "keras", "jax", "torch", "matplotlib", "rich", "safetensors")


@pytest.fixture
def stdin(monkeypatch: pytest.MonkeyPatch) -> object:
    def give(text: bytes) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))

    return give


def test_a_good_spec_ends_with_0_and_says_what_was_not_checked(cli: Cli, folder: Path) -> None:
    said = cli("check", "xor.yaml")
    assert said.code == 0
    assert said.out.splitlines() == ["no problems in xor.yaml", NOT_CHECKED[Stage.SPEC]]
    assert said.err == ""


def test_every_mistake_is_told_at_once_with_its_place(cli: Cli, folder: Path) -> None:
    (folder / "xor.yaml").write_text(BROKEN)
    said = cli("check", "xor.yaml")
    assert said.code == 1
    assert "--> xor.yaml:9:9" in said.out
    assert "did you mean `learning_rate`?" in said.out
    assert "--> xor.yaml:10:20" in said.out
    assert said.out.splitlines()[-2:] == [
        "2 errors in xor.yaml (1 fixable with --fix)",
        NOT_CHECKED[Stage.SPEC],
    ]


def test_warnings_alone_end_with_0(cli: Cli, folder: Path) -> None:
    schedule = "schedule:\n  warmup_cosine: {warmup: 90%}\ntraining:"
    (folder / "xor.yaml").write_text(XOR.replace("training:", schedule))
    said = cli("check", "xor.yaml")
    assert "warning[" in said.out
    assert said.code == 0


def test_advice_can_be_ignored_at_its_line_and_an_error_cannot(cli: Cli, folder: Path) -> None:
    slow = XOR.replace(", momentum: 0.9", "").replace("full", "2")
    assert ": L302 " in _concise(cli, folder, slow)
    assert _concise(cli, folder, slow.replace("0.5}", "0.5}  # recipe: ignore[L302] as in 1986")) == ""
    assert ": L302 " not in _concise(cli, folder, slow.replace("  SGD", "  # recipe: ignore[L302]\n  SGD"))
    codes = _concise(
        cli, folder, XOR.replace("epochs: 2", "epohcs: 2").replace("full}", "full} # recipe: ignore[R201]")
    )
    assert ": R201 " in codes
    assert ": R191 " in codes


def _concise(cli: Cli, folder: Path, text: str) -> str:
    (folder / "xor.yaml").write_text(text)
    return cli("check", "xor.yaml", "--format", "concise").out


def test_several_specs_are_checked_in_one_go(cli: Cli, folder: Path) -> None:
    (folder / "broken.yaml").write_text(BROKEN)
    said = cli("check", "xor.yaml", "broken.yaml", "--format", "concise")
    assert said.code == 1
    assert [line.split(" ")[0] for line in said.out.splitlines()] == [
        "broken.yaml:9:9:",
        "broken.yaml:10:20:",
    ]


@pytest.mark.parametrize("chosen", ["json", "sarif"])
def test_a_machine_format_is_alone_on_standard_output(cli: Cli, folder: Path, chosen: str) -> None:
    (folder / "xor.yaml").write_text(BROKEN)
    said = cli("check", "xor.yaml", "--format", chosen)
    assert json.loads(said.out)
    assert said.err == f"{NOT_CHECKED[Stage.SPEC]}\n"


def test_a_dash_reads_standard_input(cli: Cli, stdin: object) -> None:
    stdin(BROKEN.encode())  # type: ignore[operator]
    said = cli("check", "-", "--format", "concise")
    assert said.out.startswith("<stdin>:9:9: R")
    assert said.code == 1


def test_standard_input_that_is_no_text_is_a_problem(cli: Cli, stdin: object) -> None:
    stdin(b"name: \xff")  # type: ignore[operator]
    said = cli("check", "-", "--format", "json")
    assert json.loads(said.out)[0]["code"] == "R104"


def test_a_value_of_set_is_checked_like_one_of_the_file(cli: Cli, folder: Path) -> None:
    said = cli("check", "xor.yaml", "--set", "training.epochs=-1", "--format", "concise")
    assert said.code == 1
    assert said.out.startswith("--set 1:1:17: ")


def test_a_missing_file_is_told_beside_the_other_specs(cli: Cli, folder: Path) -> None:
    said = cli("check", "xr.yaml", "xor.yaml")
    assert said.code == 1
    assert "there is no file `xr.yaml`" in said.out
    assert "did you mean `xor.yaml`?" in said.out


def test_quiet_leaves_only_the_problems(cli: Cli, folder: Path) -> None:
    assert cli("check", "-q", "xor.yaml").out == ""
    assert cli("check", "xor.yaml", "-q").out == ""


@pytest.mark.parametrize(
    ("environment", "coloured"),
    [
        ({}, False),
        ({"FORCE_COLOR": "1"}, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ({"FORCE_COLOR": ""}, False),
    ],
)
def test_colour_follows_the_environment(
    cli: Cli, folder: Path, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], coloured: bool
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    (folder / "xor.yaml").write_text(BROKEN)
    assert ("\x1b[" in cli("check", "xor.yaml").out) == coloured


def test_lines_are_cut_to_the_columns_of_the_environment(
    cli: Cli, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "50")
    (folder / "xor.yaml").write_text(BROKEN.replace("0.9}", "0.9}" + " #" + " long" * 40))
    frames = [line for line in cli("check", "xor.yaml").out.splitlines() if " | " in line]
    assert frames
    assert max(map(len, frames)) <= 50


def test_checking_loads_no_framework(folder: Path) -> None:
    program = (
        "import sys\n"
        "from recipe.cli.main import run\n"
        "code = run(['check', 'xor.yaml'])\n"
        f"print([name for name in {FRAMEWORKS!r} if name in sys.modules], file=sys.stderr)\n"
        "sys.exit(code)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stderr.strip() == "[]"
