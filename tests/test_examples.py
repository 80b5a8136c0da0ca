"""Every example runs as its first lines say, from any folder, with few epochs."""

import os
import runpy
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"

Output = Callable[..., list[str]]


@pytest.fixture
def output_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Output:
    """The lines that an example prints, which works in `tmp_path`."""
    monkeypatch.chdir(tmp_path)
    commands = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    monkeypatch.setenv("PATH", commands)

    def run(example: str, *arguments: str) -> list[str]:
        capsys.readouterr()
        monkeypatch.setattr(sys, "argv", [example, *arguments])
        runpy.run_path(str(EXAMPLES / example), run_name="__main__")
        return capsys.readouterr().out.splitlines()

    return run


def test_a_compiled_spec_trains_with_plain_keras(output_of: Output) -> None:
    lines = output_of("compile_and_train.py", "--epochs", "2")
    assert "<class 'keras.src.optimizers.adamw.AdamW'>" in lines
    assert lines[-1].startswith("test loss")
    assert float(lines[-1].split()[-1]) > 0.5


def test_two_runs_are_compared_and_drawn(output_of: Output, tmp_path: Path) -> None:
    lines = output_of("compare_two_runs.py", "--epochs", "2")
    assert lines[-1] == "two_runs.svg"
    assert "<svg" in (tmp_path / "two_runs.svg").read_text()


def test_a_saved_model_is_served_without_recipe(output_of: Output, tmp_path: Path) -> None:
    assert "import recipe" not in (EXAMPLES / "serve_saved_model.py").read_text()
    lines = output_of("serve_saved_model.py", "--epochs", "20")
    assert [line.split()[0] for line in lines] == ["Adelie", "Gentoo", "Chinstrap"]
    (run,) = (tmp_path / "runs" / "penguins-mlp").iterdir()
    assert output_of("serve_saved_model.py", str(run)) == lines


def test_there_is_no_example_beside_these() -> None:
    tested = {"compile_and_train.py", "compare_two_runs.py", "serve_saved_model.py"}
    assert {path.name for path in EXAMPLES.iterdir()} - {"__pycache__"} == tested
