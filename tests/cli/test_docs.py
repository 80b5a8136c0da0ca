"""`recipe docs`, and what its pages say."""

import re

import pytest

from recipe.catalog import lookup
from recipe.catalog.blocks import shipped_block, shipped_names
from recipe.cli.docs import MADE, PAGES, pages
from recipe.diagnostics.problems import Severity
from tests.checking import check
from tests.cli.conftest import Cli

YAML = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EXAMPLES = [(name, text) for name, read in pages().items() for text in YAML.findall(read())]


def test_without_a_page_the_pages_are_listed(cli: Cli) -> None:
    said = cli("docs")
    assert said.code == 0
    costs = "costs     What a run costs, and what bounds it"
    assert said.out.splitlines() == [
        "blocks    Blocks that ship with recipe",
        costs,
        "language  The language",
        "runs      Run folders",
        "sources   Sources of data",
        "speed     How fast a step is, and why",
    ]


@pytest.mark.parametrize("name", [name for name in pages() if name not in MADE])
def test_a_page_is_shown_as_it_is_written(cli: Cli, name: str) -> None:
    assert cli("docs", name).out == (PAGES / f"{name}.md").read_text("utf-8")


def test_a_page_that_there_is_not_names_the_one_that_was_meant(cli: Cli) -> None:
    said = cli("docs", "langage")
    assert said.code == 1
    assert "did you mean `language`?" in said.err


@pytest.mark.parametrize(("name", "text"), EXAMPLES)
def test_an_example_of_a_page_checks_clean(name: str, text: str) -> None:
    assert [one for one in check(text).problems if one.severity is not Severity.INFO] == [], name


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 3


@pytest.mark.parametrize("code", [0, 1, 2, 3, 4, 5, 6, 7, 130])
def test_the_page_of_runs_says_what_every_exit_code_means(code: int) -> None:
    assert re.search(rf"^\| {code}\b.* \| \w", pages()["runs"](), re.MULTILINE)


@pytest.mark.parametrize("name", shipped_names())
def test_the_page_of_blocks_has_every_variable_of_every_block(cli: Cli, name: str) -> None:
    section = re.search(rf"^## {name}\n(.*?)(?=^## |\Z)", cli("docs", "blocks").out, re.MULTILINE | re.DOTALL)
    block = shipped_block(name)
    assert section
    assert block
    assert re.findall(r"^  (\w+): ", section[1], re.MULTILINE) == list(block.variables)


@pytest.mark.parametrize(
    "word", "blocks residual repeat parallel reuse op when call callbacks inputs imports extends".split()
)
def test_the_page_of_the_language_has_every_word_that_shapes_a_network(word: str) -> None:
    assert re.search(rf"`[^`\n]*\b{word}\b", pages()["language"]())


@pytest.mark.parametrize("name", lookup.names("source"))
def test_the_page_of_sources_has_every_argument_of_every_source(cli: Cli, name: str) -> None:
    section = re.search(
        rf"^## {name}\n(.*?)(?=^## |\Z)", cli("docs", "sources").out, re.MULTILINE | re.DOTALL
    )
    row = lookup.find("source", name)
    assert section
    assert row
    written = re.findall(r"^\| `(\w+)` \|", section[1], re.MULTILINE)
    assert written == list(row.known)
