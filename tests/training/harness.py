"""Small processes without a framework, to be killed and refused; run by the tests of this folder."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
# The package's own `__init__` loads every floor; these processes need two of them, and start forty times.
PREAMBLE = f"""
import os, sys, types
package = types.ModuleType("recipe")
package.__path__ = [{str(ROOT / "recipe")!r}]
sys.modules["recipe"] = package
from pathlib import Path
folder = Path(sys.argv[1])
"""


def command(script: str, *arguments: Path | str) -> list[str]:
    """The command line of a script that finds its first argument in `folder`."""
    return [sys.executable, "-B", "-c", PREAMBLE + script, *map(str, arguments)]


def start(line: Sequence[str], **options: Any) -> subprocess.Popen[str]:
    """A process whose streams are buffered pipes."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    environment = {**os.environ, "PYTHONUNBUFFERED": ""}
    return subprocess.Popen(line, text=True, env=environment, **{**pipes, **options})


def finish(line: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """What a process said, and how it ended."""
    return subprocess.run(line, capture_output=True, text=True, timeout=60, check=False)
