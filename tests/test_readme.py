"""What the README says is so."""

import re
from pathlib import Path

import recipe
from recipe.cli.main import COMMANDS
from recipe.lint.rules import RULES

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """The code blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)


def test_the_spec_it_shows_is_the_spec_that_ships() -> None:
    (shown,) = blocks("yaml")
    assert (ROOT / "specs/digits-mlp.yaml").read_text(encoding="utf-8").endswith(f"\n{shown}")


def test_the_error_it_shows_is_the_error_that_is_told() -> None:
    lines = ["recipe: 1", *["#"] * 6, "optimizer:", "  AdamW: {learning_rat: 1e-3}", ""]
    (problem,) = (
        found for found in recipe.check("mine.yaml", text="\n".join(lines)).problems if found.code == "R203"
    )
    assert f"error[R203]: {problem.message}\n --> mine.yaml:9:11\n" in README
    assert f"^^^^^^^^^^^^ {problem.label}\n" in README


def test_it_lists_every_command() -> None:
    (row,) = re.findall(r"^\| commands \| (.*) \|$", README, re.MULTILINE)
    assert row.replace("`", "").split() == [command.name for command in COMMANDS]


def test_its_links_lead_somewhere() -> None:
    links = re.findall(r"\]\(([^)]+)\)", README)
    assert len(links) >= 5
    assert not [link for link in links if not (ROOT / link).exists()]


def test_it_marks_the_command_that_the_judge_runs() -> None:
    _, marked = README.split("<!-- test command -->\n")
    assert marked.startswith("```bash\npip install -e '.[test]' && pytest\n```\n")


def test_the_number_of_lint_rules_is_that_of_the_rows() -> None:
    assert f" {len(RULES)} lint rules" in README
