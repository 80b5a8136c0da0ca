"""`recipe docs`: the pages that ship with recipe."""

import json
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType

import click
from click.shell_completion import CompletionItem

import recipe
from recipe import api
from recipe.cli.commands import command, json_option
from recipe.cli.completion import Items
from recipe.cli.output import Output
from recipe.diagnostics.commands import NoSuchPage
from recipe.diagnostics.problems import RecipeError

PAGES = Path(recipe.__file__).parent / "docs"


# Pages that are made of the rows of the catalog.
MADE: Mapping[str, Callable[[], str]] = MappingProxyType(
    {"blocks": api.block_page, "sources": api.source_page}
)


def pages() -> dict[str, Callable[[], str]]:
    """What gives the text of every page, by its name."""
    written: dict[str, Callable[[], str]] = {
        path.stem: partial(path.read_text, encoding="utf-8") for path in PAGES.glob("*.md")
    }
    return dict(sorted({**written, **MADE}.items()))


def complete_page(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> Items:
    """The names of the pages."""
    return [CompletionItem(name) for name in pages() if name.startswith(incomplete)]


@command("docs", "recipe docs language", "recipe docs runs | less")
@click.argument("page", metavar="[PAGE]", required=False, shell_complete=complete_page)
@json_option
def docs(output: Output, page: str | None, as_json: bool) -> None:
    """Show a page of the documentation.

    Without PAGE, list the pages.
    """
    known = pages()
    if page is None:
        if as_json:
            titles = {name: _title(read()) for name, read in known.items()}
            output.result(json.dumps(titles, indent=2, ensure_ascii=False))
            return
        width = max(map(len, known))
        output.result("\n".join(f"{name:<{width}}  {_title(read())}" for name, read in known.items()))
        output.say("\nnext: recipe docs PAGE")
        return
    if page not in known:
        raise RecipeError([NoSuchPage(None, page, tuple(known))])
    text = known[page]()
    output.result(json.dumps({"page": page, "text": text}, ensure_ascii=False) if as_json else text)


def _title(text: str) -> str:
    return text.partition("\n")[0].removeprefix("# ")
