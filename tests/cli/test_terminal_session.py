"""`recipe fit` on a real terminal."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pty = pytest.importorskip("pty")


def test_on_a_terminal_training_is_one_live_line_and_standard_output_stays_clean(folder: Path) -> None:
    controller, terminal = pty.openpty()
    environment = os.environ | {"TERM": "xterm", "COLUMNS": "120"}
    environment.pop("NO_COLOR", None)
    command = [sys.executable, "-m", "recipe.cli.main", "fit", "xor.yaml", "--set", "training.epochs=50"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=terminal, stdin=subprocess.DEVNULL, env=environment
    ) as running:
        os.close(terminal)
        seen = _everything(controller)
        assert running.stdout is not None
        out = running.stdout.read().decode()
    drawn = seen.split("\r\x1b[K")
    assert running.returncode == 0
    assert out.splitlines()[-1] == str(Path("runs/small-xor/1"))
    assert "\r" not in out
    assert "\x1b" not in out
    assert drawn[0].split("\r\n")[:2] == ["reading xor.yaml ...", "reading the data ..."]
    plain = [re.sub(r"\x1b\[\d*m", "", line) for line in drawn]
    assert [line for line in plain if line.startswith("epoch ") and "ETA" in line and "loss" in line]
    assert all("\n" not in line for line in drawn[1:-1])
    assert drawn[-1] == ""


def _everything(controller: int) -> str:
    parts = []
    while True:
        try:
            part = os.read(controller, 65536)
        except OSError:  # the other end was closed
            break
        if not part:
            break
        parts.append(part)
    os.close(controller)
    return b"".join(parts).decode()
