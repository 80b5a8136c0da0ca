"""Every example runs as its first lines say, from any folder, with few epochs."""

import os
import subprocess
import sys
from pathlib import Path

EXAMPLES = Path(__file__).parents[1] / "examples"


def output_of(example: str, *arguments: str, folder: Path) -> list[str]:
    """The lines that an example prints."""
    commands = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / example), *arguments],
        cwd=folder,
        env=os.environ | {"PATH": commands},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_a_compiled_spec_trains_with_plain_keras(tmp_path: Path) -> None:
    lines = output_of("compile_and_train.py", "--epochs", "2", folder=tmp_path)
    assert "<class 'keras.src.optimizers.adamw.AdamW'>" in lines
    assert lines[-1].startswith("test loss")
    assert float(lines[-1].split()[-1]) > 0.5


def test_two_runs_are_compared_and_drawn(tmp_path: Path) -> None:
    lines = output_of("compare_two_runs.py", "--epochs", "2", folder=tmp_path)
    assert lines[-1] == "two_runs.svg"
    assert "<svg" in (tmp_path / "two_runs.svg").read_text()


def test_a_saved_model_is_served_without_recipe(tmp_path: Path) -> None:
    assert "import recipe" not in (EXAMPLES / "serve_saved_model.py").read_text()
    lines = output_of("serve_saved_model.py", "--epochs", "20", folder=tmp_path)
    assert [line.split()[0] for line in lines] == ["Adelie", "Gentoo", "Chinstrap"]
    (run,) = (tmp_path / "runs" / "penguins-mlp").iterdir()
    assert output_of("serve_saved_model.py", str(run), folder=tmp_path) == lines


def test_there_is_no_example_beside_these() -> None:
    tested = {"compile_and_train.py", "compare_two_runs.py", "serve_saved_model.py"}
    assert {path.name for path in EXAMPLES.iterdir()} - {"__pycache__"} == tested
