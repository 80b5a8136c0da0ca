"""Files beside a spec that decide what is trained: what they hold counts, and not their place or date."""

import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from recipe.catalog.calls import Origin
from recipe.program.contents import contents_of
from recipe.program.differences import differences
from recipe.program.hashing import program_hash
from recipe.program.programs import Program
from tests.program.programs import built

SPEC = """\
recipe: 1
name: small
data: {source: {bundled: digits}}
architecture: [Flatten, head]
optimizer: {SGD: {learning_rate: 0.1}}
init: {weights: first.safetensors}
training: {epochs: 3}
"""


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    """A Program whose module, a package of two files, was imported, and whose weights lie there."""
    monkeypatch.chdir(tmp_path)
    package = tmp_path / "my_layers"
    package.mkdir()
    (package / "__init__.py").write_text("from my_layers.own import Own\n")
    (package / "own.py").write_text("class Own: pass\n")
    Path("first.safetensors").write_bytes(b"weights")
    module = ModuleType("my_layers")
    module.__file__ = str(package / "__init__.py")
    monkeypatch.setitem(sys.modules, "my_layers", module)
    found = built(SPEC).program
    return replace(found, spec=found.spec.with_argument("imports", ("my_layers",), Origin(None)))


def seen(program: Program) -> Program:
    return replace(program, contents=contents_of(program))


@pytest.mark.parametrize(
    ("file", "path"),
    [("my_layers/own.py", "imports.my_layers"), ("first.safetensors", "init.weights.content")],
)
def test_a_file_that_was_edited_is_a_difference_and_one_that_was_moved_is_none(
    program: Program, file: str, path: str
):
    before = seen(program)
    Path(file).touch()
    assert differences(before, seen(program)) == ()
    Path(file).write_text("another")
    after = seen(program)
    assert [one.path for one in differences(before, after)] == [path]
    assert program_hash(before) != program_hash(after)


def test_a_file_that_is_gone_keeps_no_run_from_going_on(program: Program):
    before = seen(program)
    Path("first.safetensors").unlink()
    assert differences(before, seen(program)) == ()


def test_a_package_that_is_installed_is_known_by_its_one_file(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    installed = (tmp_path / "my_layers").rename(tmp_path / "site-packages")
    monkeypatch.setattr(sys.modules["my_layers"], "__file__", str(installed / "__init__.py"))
    before = contents_of(program)
    (installed / "own.py").write_text("another")
    assert contents_of(program) == before
