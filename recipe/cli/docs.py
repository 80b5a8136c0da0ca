"""`recipe docs`: the pages that ship with recipe."""

from pathlib import Path

import click
from click.shell_completion import CompletionItem

import recipe
from recipe.cli.commands import command
from recipe.cli.completion import Items
from recipe.cli.output import Output
from recipe.diagnostics.commands import NoSuchPage
from recipe.diagnostics.problems import RecipeError

PAGES = Path(recipe.__file__).parent / "docs"


def pages() -> dict[str, Path]:
    """The file of every page by its name."""
    return {path.stem: path for path in sorted(PAGES.glob("*.md"))}


def complete_page(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> Items:
    """The names of the pages."""
    return [CompletionItem(name) for name in pages() if name.startswith(incomplete)]


@command("docs", "recipe docs language", "recipe docs runs | less")
@click.argument("page", metavar="[PAGE]", required=False, shell_complete=complete_page)
def docs(output: Output, page: str | None) -> None:
    """Show a page of the documentation.

    Without PAGE, list the pages.
    """
    known = pages()
    if page is None:
        width = max(map(len, known))
        output.result("\n".join(f"{name:<{width}}  {_title(path)}" for name, path in known.items()))
        output.say("\nnext: recipe docs PAGE")
        return
    if page not in known:
        raise RecipeError([NoSuchPage(None, page, tuple(known))])
    output.result(known[page].read_text(encoding="utf-8"))


def _title(path: Path) -> str:
    return path.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ")
