"""The house stands as it is drawn: its floors, its rows and its codes."""

import ast
import importlib
import importlib.util
import inspect
import re
from pathlib import Path

import pytest
import yaml

import recipe
from recipe.catalog import lookup
from recipe.catalog.rows import Parameter, Row
from recipe.diagnostics.codes import problem_classes
from recipe.diagnostics.problems import Problem, RecipeError, Severity
from tests.checking import SPEC, check

PACKAGE = Path(recipe.__file__).parent
FLOORS = (
    "diagnostics language catalog program lint eject data components compiler training report cli".split()
)
FRAMEWORK_FREE = "diagnostics language catalog program lint eject report cli".split()
FRAMEWORKS = {"tensorflow", "keras", "jax", "torch", "numpy", "pandas", "matplotlib"}
# Below a floor, what it may import of recipe.
BELOW = {
    "diagnostics": set(),
    "language": {"diagnostics"},
    "catalog": {"language", "diagnostics"},
    "program": {"catalog", "language", "diagnostics"},
    "lint": {"program", "catalog", "language", "diagnostics"},
    "eject": {"program", "catalog", "language", "diagnostics"},
    "data": {"program", "catalog", "language", "diagnostics"},
    "components": set(),
    "report": {"program", "catalog", "language", "diagnostics"},
}
MODULES = sorted(PACKAGE.rglob("*.py"))
ROWS = (*lookup.OWN_ROWS, *lookup.SECTION_PATHS.values())
PROBLEMS = problem_classes()


def imports_of(path: Path) -> set[str]:
    """The modules that a file imports when it is imported itself; not those inside functions or for types."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return plain | {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}


def relative(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


# -- floors ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("floor", FLOORS)
def test_every_floor_stands(floor):
    assert (PACKAGE / floor / "__init__.py").is_file()
    assert [path for path in (PACKAGE / floor).glob("*.py") if path.name != "__init__.py"]


def test_there_is_no_floor_beside_the_drawing():
    found = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert found == {*FLOORS, "api"}


@pytest.mark.parametrize("floor", BELOW)
def test_a_floor_imports_only_what_lies_below(floor):
    paths = sorted((PACKAGE / floor).rglob("*.py"))
    assert paths
    wrong = {
        (relative(path), name)
        for path in paths
        for name in imports_of(path)
        if name.startswith("recipe.") and name.split(".")[1] not in {floor, *BELOW[floor]}
    }
    assert wrong == set()


@pytest.mark.parametrize("floor", FRAMEWORK_FREE)
def test_a_floor_without_frameworks_imports_none(floor):
    wrong = {
        (relative(path), name)
        for path in (PACKAGE / floor).rglob("*.py")
        for name in imports_of(path)
        if name.partition(".")[0] in FRAMEWORKS
    }
    assert wrong == set()


def test_only_the_reader_knows_yaml():
    knowing = {
        relative(path) for path in MODULES if "yaml" in {name.partition(".")[0] for name in imports_of(path)}
    }
    assert {name.partition("/")[0] for name in knowing} == {"language"}
    assert knowing <= {"language/reader.py", "language/scanner.py"}


def test_every_module_says_what_it_is():
    assert len(MODULES) > 100
    silent = [relative(path) for path in MODULES if not ast.get_docstring(ast.parse(path.read_text("utf-8")))]
    assert silent == []


@pytest.mark.parametrize("word", ["utils", "helpers", "common", "misc", "manager"])
def test_no_module_has_a_name_that_says_nothing(word):
    assert [relative(path) for path in MODULES if word in path.stem] == []


# -- problems -------------------------------------------------------------------------------------


def name_of(kind: type) -> str:
    return kind.__name__


@pytest.mark.parametrize("kind", PROBLEMS, ids=name_of)
def test_a_problem_has_a_code_and_a_docstring_of_its_own(kind):
    assert re.fullmatch(r"R[1-6]\d\d|L\d{3}", kind.code)
    own = inspect.cleandoc(vars(kind).get("__doc__") or "")
    assert own, "a class of its own says what it is"
    assert not own.startswith(f"{kind.__name__}("), "a signature says nothing"


@pytest.mark.parametrize("kind", PROBLEMS, ids=name_of)
def test_a_problem_is_data_that_does_not_change_and_is_told_once(kind):
    one, other = (kind(*(name for name in kind.__facts__)) for _ in range(2))
    assert one == other
    assert len({one, other}) == 1
    with pytest.raises(AttributeError):
        one.span = None


@pytest.mark.parametrize("kind", PROBLEMS, ids=name_of)
def test_the_facts_of_a_problem_are_of_types_that_have_a_hash(kind):
    annotations = {
        name: str(hint) for one in kind.__mro__ for name, hint in vars(one).get("__annotations__", {}).items()
    }
    facts = [annotations[name] for name in kind.__facts__]
    assert [hint for hint in facts if re.match(r"(list|dict|set|Mapping|Sequence)\b", hint)] == []


@pytest.mark.parametrize("kind", PROBLEMS, ids=name_of)
def test_an_example_comes_with_its_counterpart_and_is_yaml(kind):
    assert not (kind.bad and not kind.good), "a wrong example without the right one helps nobody"
    assert yaml.safe_load(kind.good) is not None or not kind.good


def codes_by_module(prefix: str) -> set[str]:
    return {kind.__module__.rpartition(".")[2] for kind in PROBLEMS if kind.code.startswith(prefix)}


def test_lint_speaks_its_own_codes_and_only_lint_does():
    assert all(module.startswith("lint") for module in codes_by_module("L"))
    assert not any(module.startswith("lint") for module in codes_by_module("R"))


SECTION = re.compile(r"^(\w+):.*\n(?:[ -].*\n)*", re.MULTILINE)


def completed(example: str) -> str:
    """An example with the sections that a spec needs and that it does not have itself."""
    written = set(re.findall(r"^(\w+):", example, re.MULTILINE))
    rest = "".join(found[0] for found in SECTION.finditer(SPEC) if found[1] not in written)
    return f"{rest}{example}\n"


# Written as a whole, or about data and machines: shown by the tests of their floors.
EXPLAINED = [
    kind
    for kind in PROBLEMS
    if re.match(r"R[23]", kind.code) and kind.bad and kind.severity is Severity.ERROR
]


@pytest.mark.parametrize("kind", EXPLAINED, ids=name_of)
def test_the_wrong_example_has_the_problem_and_the_right_one_has_not(kind):
    assert kind.code in codes_in(completed(kind.bad))
    assert kind.code not in codes_in(completed(kind.good))
    assert not [code for code in codes_in(completed(kind.good)) if code < "R300"]


def codes_in(text: str) -> set[str]:
    """What a check finds, and, as far as it is free of errors, reading the data."""
    found = {one.code for one in check(text).problems if one.code.startswith("R")}
    if not found:
        try:
            recipe.api.prepare(recipe.load("example.yaml", text=text))
        except RecipeError as refused:
            found = {one.code for one in refused.problems}
    return found


def test_most_problems_of_words_and_conflicts_are_explained_by_example():
    assert len(EXPLAINED) > 30


PROPER_NAMES = ("Keras", "NumPy")


# -- rows -----------------------------------------------------------------------------------------


def row_name(row: Row) -> str:
    return f"{row.family} {row.name}"


@pytest.mark.parametrize("row", ROWS, ids=row_name)
def test_every_row_says_what_it_is(row):
    assert row.help
    assert not row.help.endswith(".")
    assert row.help[0].islower() or row.help.startswith(PROPER_NAMES)


@pytest.mark.parametrize("row", ROWS, ids=row_name)
def test_every_key_of_a_row_says_what_it_is(row):
    silent = [one.name for one in row.parameters if not one.help and one.name not in RESERVED]
    assert silent == []


RESERVED = ("sweep", "phases")


@pytest.mark.parametrize("row", ROWS, ids=row_name)
def test_what_stands_behind_a_row_can_be_imported(row):
    if row.target.startswith("recipe:"):
        assert row.target == f"recipe:{row.name}"
        return
    module, _, name = row.target.rpartition(".")
    if name[:1].isupper():
        source = importlib.util.find_spec(module)
        assert source is not None, "a class of ours has a module of its own"
        tree = ast.parse(Path(source.origin).read_text(encoding="utf-8"))
        assert name in {node.name for node in tree.body if isinstance(node, ast.ClassDef)}
    else:
        assert importlib.util.find_spec(row.target) is not None


@pytest.mark.parametrize("row", ROWS, ids=row_name)
def test_every_key_says_whether_it_changes_what_is_trained(row):
    assert [one.name for one in row.parameters if not isinstance(one.identity, bool)] == []


def is_neutral(path: str, key: str) -> bool:
    row = lookup.SECTION_PATHS.get(path) or lookup.find("source", path)
    parameter = row.parameter(key) if row else None
    assert parameter is not None
    return not parameter.identity


@pytest.mark.parametrize(
    ("path", "key"),
    [("", "name"), ("", "metrics"), ("csv", "path"), ("npz", "path")],
)
def test_a_key_that_changes_nothing_that_is_trained_says_so(path, key):
    assert is_neutral(path, key)


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("", "architecture"),
        ("", "optimizer"),
        ("training", "batch_size"),
        ("data", "split"),
        ("csv", "separator"),
    ],
)
def test_a_key_that_changes_what_is_trained_says_so(path, key):
    assert not is_neutral(path, key)


def test_no_two_rows_of_a_family_share_a_name_and_no_two_keys_of_a_row():
    names = [(row.family, row.name) for row in lookup.OWN_ROWS]
    assert len(set(names)) == len(names)
    for row in ROWS:
        assert len(set(row.known)) == len(row.known), row.name


def test_every_key_is_a_word_in_small_letters():
    keys: list[Parameter] = [one for row in ROWS for one in row.parameters]
    assert len(keys) > 60
    spelled = re.compile(r"(regularization\.)?[a-z][a-z0-9_]*")
    assert [one.name for one in keys if not spelled.fullmatch(one.name)] == []


def test_a_problem_without_facts_still_words_itself():
    """Rendering asks for these on any problem: none may fail."""
    plain = [kind for kind in PROBLEMS if kind.__facts__ == ("span",)]
    assert len(plain) > 5
    for kind in plain:
        found: Problem = kind(None)
        assert found.message
        assert (found.label, found.further, found.help) is not None
