"""Printed scripts, run in a process of their own, beside the runs that they say."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np

from recipe import api

ONE_AFTER_THE_OTHER = """
import runpy, sys
sys.path.append(".")  # of a script is the folder that it lies in
for script in sys.argv[1:]:
    runpy.run_path(script, run_name="__main__")
"""


def differing(folder: Path, *specs: api.Spec) -> list[str]:
    """Paths of the weights that scripts, in a process of their own, and runs do not agree in."""
    for spec in specs:
        (folder / f"{spec.program.name}.py").write_text(api.eject(spec))
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    scripts = [f"{spec.program.name}.py" for spec in specs]
    command = [sys.executable, "-I", "-c", ONE_AFTER_THE_OTHER, *scripts]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return [path for spec in specs for path in _differing(spec, folder)]


def _differing(spec: api.Spec, folder: Path) -> list[str]:
    trained = api.fit(spec, keep=False).model.weights
    printed = api.compile(spec).model
    printed.load_weights(folder / f"{spec.program.name}.weights.h5")
    pairs = zip(trained, printed.weights, strict=True)
    unequal = [one.path for one, other in pairs if not np.array_equal(one.numpy(), other.numpy())]
    return [f"{spec.program.name}: {path}" for path in unequal]
