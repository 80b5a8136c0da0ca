"""`recipe check --fix`."""

import io
import re
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import XOR, Cli

SLIPS = """\
# what it is: caf\u00e9
recipe: 1   # kept
data:
  source: {bundled: digits}
  split: {validation: 10%, tset: 20%}   # a percentage
architecture:
  - Flaten
  - {Dense:10}
  - Dense: {"units": 64, activaton: relu}  # two   spaces
  - head

optimizer:
    Adam: {lr: '1e-3'}
training: {epohcs: 3, batch_size: "32"}
"""
MENDED = """\
# what it is: caf\u00e9
recipe: 1   # kept
data:
  source: {bundled: digits}
  split: {validation: 10%, test: 20%}   # a percentage
architecture:
  - Flatten
  - {Dense: 10}
  - Dense: {"units": 64, activation: relu}  # two   spaces
  - head

optimizer:
    Adam: {learning_rate: 1e-3}
training: {epochs: 3, batch_size: 32}
"""


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_what_is_surely_meant_is_written_and_all_else_stays_byte_for_byte(
    cli: Cli, folder: Path, end: str, mark: str
) -> None:
    (folder / "mine.yaml").write_bytes((mark + SLIPS.replace("\n", end)).encode())
    said = cli("check", "--fix", "mine.yaml")
    assert (folder / "mine.yaml").read_bytes() == (mark + MENDED.replace("\n", end)).encode()
    assert "fixed 8 problems in mine.yaml" in said.err
    assert said.code == 0


def test_a_percentage_without_its_sign_gets_it(cli: Cli, folder: Path) -> None:
    text = XOR.replace("training:", "regularization: {label_smoothing: 10}  # much\ntraining:")
    (folder / "xor.yaml").write_text(text)
    cli("check", "--fix", "xor.yaml")
    assert "{label_smoothing: 10%}  # much" in (folder / "xor.yaml").read_text()


def test_what_cannot_be_fixed_is_shown_and_the_file_keeps_its_mode(cli: Cli, folder: Path) -> None:
    (folder / "xor.yaml").write_text(XOR.replace("momentum", "momentun").replace("epochs: 2", "epochs: many"))
    (folder / "xor.yaml").chmod(0o600)
    said = cli("check", "--fix", "xor.yaml")
    assert "fixed 1 problem in xor.yaml" in said.err
    assert "1 error in xor.yaml\n" in said.out
    assert said.code == 1
    assert (folder / "xor.yaml").stat().st_mode & 0o777 == 0o600


def test_fixes_that_would_bring_an_error_are_not_written(cli: Cli, folder: Path) -> None:
    text = XOR.replace("momentum: 0.9", "momentun: -1")
    (folder / "xor.yaml").write_text(text)
    said = cli("check", "--fix", "xor.yaml")
    assert (folder / "xor.yaml").read_text() == text
    assert "nothing was fixed in xor.yaml" in said.err
    assert "Received: -1" in said.err
    assert said.code == 1


def test_a_key_is_not_renamed_to_one_that_stands_there_already(cli: Cli, folder: Path) -> None:
    text = XOR.replace("momentum: 0.9", "momentum: 0.9, momentun: 0.8")
    (folder / "xor.yaml").write_text(text)
    cli("check", "--fix", "xor.yaml")
    assert (folder / "xor.yaml").read_text() == text


def test_a_good_spec_is_not_touched(cli: Cli, folder: Path) -> None:
    before = (folder / "xor.yaml").stat()
    said = cli("check", "--fix", "xor.yaml")
    assert (folder / "xor.yaml").stat().st_mtime_ns == before.st_mtime_ns
    assert "fixed" not in said.err


def test_a_link_stays_a_link(cli: Cli, folder: Path) -> None:
    (folder / "xor.yaml").write_text(XOR.replace("momentum", "momentun"))
    (folder / "link.yaml").symlink_to("xor.yaml")
    cli("check", "--fix", "link.yaml")
    assert (folder / "link.yaml").is_symlink()
    assert (folder / "xor.yaml").read_text() == XOR


def test_a_value_of_the_command_line_is_not_written_into_the_file(cli: Cli, folder: Path) -> None:
    cli("check", "--fix", "xor.yaml", "--set", "optimizer.SGD.momentun=0.5")
    assert (folder / "xor.yaml").read_text() == XOR


def test_standard_input_comes_out_fixed(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = XOR.replace("momentum", "momentun").replace("epochs: 2", "epochs: many")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(broken.encode())))
    said = cli("check", "--fix", "-")
    assert said.out == broken.replace("momentun", "momentum")
    assert "1 error in <stdin>" in said.err
    assert said.code == 1


def test_what_is_left_of_standard_input_is_told_in_the_wished_format_as_far_as_wished(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = XOR.replace("momentum", "momentun").replace("{bundled: xor}", "{csv: gone.csv}\n  target: kind")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    said = cli("check", "--fix", "-", "--data", "--format", "concise")
    assert said.code == 5
    assert said.out == text.replace("momentun", "momentum")
    assert re.search(r"^<stdin>:4:\d+: R501 ", said.err, re.MULTILINE)


def test_a_bias_that_a_norm_cancels_is_taken_out_where_there_are_braces(cli: Cli, folder: Path) -> None:
    layers = """\
  - Reshape: [2, 1]
  - Conv1D: {filters: 4, kernel_size: 1}   # seen
  - BatchNormalization
  - Conv1D: {filters: 4, kernel_size: 1, use_bias: true}
  - BatchNormalization
  - Dense: 4
  - BatchNormalization
  - Flatten
"""
    (folder / "xor.yaml").write_text(XOR.replace("  - Dense: {units: 2, activation: tanh}\n", layers))
    said = cli("check", "--fix", "xor.yaml")
    mended = (folder / "xor.yaml").read_text()
    assert "  - Conv1D: {filters: 4, kernel_size: 1, use_bias: false}   # seen\n" in mended
    assert mended.replace("1, use_bias: false}", "1}") == XOR.replace(
        "  - Dense: {units: 2, activation: tanh}\n", layers
    )
    assert said.out.count("perf[L201]") == 2
