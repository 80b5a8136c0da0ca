"""What the source of recipe never does: turn data into code."""

import ast
import re
from pathlib import Path

import pytest

import recipe

SOURCES = sorted(Path(recipe.__file__).parent.rglob("*.py"))
NEVER = {
    "eval(": r"(?<![\w.])eval\(",
    "exec(": r"(?<![\w.])exec\(",
    "pickle": r"\b(?:import|from) +(?:c?[Pp]ickle|dill|cloudpickle|joblib|shelve)\b|\bpickle\.",
    "marshal": r"\bmarshal\b",
    "yaml.load(": r"\byaml\.(?:unsafe_|full_|safe_)?load(?:_all)?\b|\b(?:Unsafe|Full|Safe|C\w*)?Loader\b",
    "allow_pickle=True": r"\ballow_pickle *= *(?!False)",
    "torch.load": r"\btorch\.load\b",
    "__import__": r"__import__",
    "a shell": r"\bos\.(?:system|popen|exec\w*|spawn\w*)\b|\bsubprocess\b|\bshell *= *True",
    "unsafe deserialization": r"\benable_unsafe_deserialization\b|\bsafe_mode *= *False",
}


# The processes of our own: this interpreter with a program of ours, and no word of any spec beside it.
STARTS_PROCESSES = {
    "pools.py": r"command = \[sys\.executable, \"-c\", _START, str\(Path\(__file__\)\.parents\[2\]\)\]",
    "fetching.py": r"command = \[sys\.executable, \"-P\", str\(Path\(__file__\)\)\]",
}


def lines_with(pattern, text):
    return [line.strip() for line in text.splitlines() if re.search(pattern, line)]


def test_the_source_is_found():
    assert len(SOURCES) > 100


@pytest.mark.parametrize("pattern", NEVER.values(), ids=NEVER.keys())
def test_the_source_never_says(pattern):
    found = {path.name: lines_with(pattern, path.read_text(encoding="utf-8")) for path in SOURCES}
    if pattern == NEVER["a shell"]:
        for name in STARTS_PROCESSES:
            found[name] = [line for line in found[name] if "subprocess" not in line or "shell" in line]
    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize("name", STARTS_PROCESSES)
def test_a_process_that_is_started_runs_our_own_program(name):
    (path,) = (path for path in SOURCES if path.name == name)
    text = path.read_text(encoding="utf-8")
    starts = re.findall(r"subprocess\.(?:Popen|run|call|check_\w+)\(\s*(\w+)", text)
    assert len(re.findall(STARTS_PROCESSES[name], text)) == 1
    assert starts == ["command"]


HOLES = """
eval(text)
x = exec(text)
import pickle
from pickle import loads
pickle.loads(data)
import marshal
yaml.load(text)
yaml.unsafe_load(text)
yaml.load(text, Loader=yaml.FullLoader)
np.load(path, allow_pickle=True)
np.load(path, allow_pickle=flag)
torch.load(path)
__import__("os")
os.system(command)
os.popen(command)
import subprocess
run(command, shell=True)
keras.config.enable_unsafe_deserialization()
keras.models.load_model(path, safe_mode=False)
"""


@pytest.mark.parametrize("line", HOLES.strip().splitlines())
def test_each_hole_would_be_seen(line):
    assert any(re.search(pattern, line) for pattern in NEVER.values())


@pytest.mark.parametrize(
    "line", ["model.evaluate(x)", "self.eval(x)", "np.load(path, allow_pickle=False)", "load()"]
)
def test_what_only_looks_like_a_hole_is_not_seen(line):
    assert not any(re.search(pattern, line) for pattern in NEVER.values())


def called(tree):
    """The names of all functions that are called by their bare name."""
    return {
        node.func.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }


def test_no_function_that_runs_code_is_called_by_its_bare_name():
    trees = {path.name: ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES}
    found = {
        name: called(tree) & {"eval", "exec", "__import__", "breakpoint"} for name, tree in trees.items()
    }
    assert {name: names for name, names in found.items() if names} == {}


def test_modules_of_the_user_are_imported_through_one_door():
    calling = {
        path.relative_to(SOURCES[0].parent).as_posix()
        for path in SOURCES
        if re.search(
            r"\bimports\.import_modules\(|compiler\.imports import .*import_modules", path.read_text("utf-8")
        )
    }
    assert calling == {"api/importing.py"}


def test_modules_are_imported_by_a_computed_name_only_where_the_catalog_says_which():
    importing = {
        path.relative_to(SOURCES[0].parent).as_posix()
        for path in SOURCES
        if "import_module(" in path.read_text(encoding="utf-8")
    }
    assert importing == {
        "catalog/generate.py",  # writes the catalog from the installed Keras
        "catalog/keras_families.py",
        "catalog/keras_signatures.py",
        "compiler/constructing.py",  # classes of the catalog
        "compiler/imports.py",  # modules of the user
        "compiler/startup.py",  # keras itself
        "data/sources/readers.py",  # sources of the catalog
        "diagnostics/codes.py",  # modules beside it
        "training/engines/engine.py",  # engines of a table
    }
