"""What is in the wheel, and whether it works from anywhere."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

TOP_LEVEL = {
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "SECURITY.md",
    "examples",
    "pyproject.toml",
    "recipe",
    "specs",
    "tests",
}


def tracked(*folders: str) -> set[str]:
    """Paths of the tracked files, relative to the root."""
    if not (ROOT / ".git").exists():
        pytest.skip("this is no git checkout, so nothing says which files are tracked")
    listed = subprocess.run(
        ["git", "ls-files", "-z", *folders], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return set(listed.stdout.split("\0")) - {""}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    built = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    """The files in the wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_exactly_the_tracked_specs_are_in_the_wheel(names: set[str]) -> None:
    specs = {f"recipe/{path}" for path in tracked("specs")}
    assert len(specs) >= 6
    assert {name for name in names if name.startswith("recipe/specs/")} == specs


def test_everything_tracked_of_the_package_is_in_the_wheel(names: set[str]) -> None:
    assert tracked("recipe") <= names


@pytest.mark.parametrize(
    "name",
    [
        "recipe/py.typed",
        "recipe/catalog/keras-3.15.json",
        "recipe/data/bundled/README.md",
        "recipe/data/bundled/digits.csv.gz",
        "recipe/data/bundled/penguins.csv",
        "recipe/data/bundled/xor.csv",
    ],
)
def test_files_that_are_no_code_are_in_the_wheel(name: str, names: set[str]) -> None:
    assert name in names


def test_neither_tests_nor_caches_are_in_the_wheel(names: set[str]) -> None:
    assert not [name for name in names if name.startswith("tests/") or "__pycache__" in name]


def test_an_unpacked_wheel_finds_its_specs_from_anywhere(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    (tmp_path / "mine.yaml").write_text("recipe: 1\nextends: xor\ntraining: {epochs: 7}\n")
    program = "\n".join(
        [
            "import recipe",
            "from recipe.program.shipped import SPECS, shipped_specs",
            "print(SPECS)",
            "print(*shipped_specs())",
            "print(recipe.load('mine.yaml').program.training.epochs)",
        ]
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(tmp_path / "site")},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    specs, shipped, epochs = done.stdout.splitlines()
    assert specs == str(tmp_path / "site" / "recipe" / "specs")
    assert "digits-mlp" in shipped.split()
    assert epochs == "7"


def test_nothing_stands_at_the_top_level_that_does_not_belong_there() -> None:
    names = {path.split("/")[0] for path in tracked()}
    assert {name for name in names if not name.startswith(".")} == TOP_LEVEL
