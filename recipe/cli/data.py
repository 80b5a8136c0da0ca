"""`recipe data`: what the data of a spec look like."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from recipe import api
from recipe.cli.commands import command, json_option, set_option, spec_argument
from recipe.cli.data_text import data_text, health_data
from recipe.cli.output import Output
from recipe.cli.specs import load_spec
from recipe.cli.terminals import is_ascii_only, width_of
from recipe.diagnostics.problems import errors
from recipe.report.data_pages import data_page
from recipe.report.pages import write_page


@command("data", "recipe data mine.yaml", "recipe data mine.yaml -o data.html")
@spec_argument
@json_option
@set_option
@click.option(
    "-o",
    "page",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write a page with pictures, as .html.",
)
def data(output: Output, spec: str, as_json: bool, overrides: Sequence[str], page: Path | None) -> int:
    """Look at the data of a spec, without training it.

    SPEC is a file, or - for standard input. Its data are read and divided as in training: counts, kinds with
    their reasons, distributions, classes in every part, repeated examples, and a few examples to look at.
    """
    if page is not None and page.suffix.lower() not in (".html", ".htm"):
        raise click.UsageError(f"`-o` writes .html. Received: {page}")
    found = api.look(load_spec(spec, overrides))
    output.report(found.findings, found.spec.texts)
    seen = health_data(found)
    if page is not None:
        pictures = [(picture.label, picture.pixels) for picture in found.health.pictures]
        write_page(page, data_page(seen, pictures, found.findings))
        output.say(f"written: {page}")
    text = json.dumps(seen, indent=2, ensure_ascii=False) if as_json else None
    output.result(text or data_text(seen, width_of(sys.stdout), is_ascii_only(sys.stdout)))
    return api.DataError.exit_code if errors(found.findings) else 0
