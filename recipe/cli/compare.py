"""`recipe compare`: runs beside each other."""

import json
from collections.abc import Sequence
from pathlib import Path

import click

from recipe import api
from recipe.cli.commands import command, json_option
from recipe.cli.output import Output
from recipe.cli.plan import PICTURES
from recipe.report.comparison_pages import comparison_page, draw_comparison
from recipe.report.comparison_text import comparison_data, comparison_text
from recipe.report.pages import write_page

PAGE = ".html"


@command(
    "compare",
    "recipe compare runs/digits-mlp/1 runs/digits-mlp/2",
    "recipe compare runs/plain runs/regularized -o compared.html",
)
@click.argument("places", metavar="RUN...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write a page with overlaid curves (.html), or the curves alone (.svg, .png, .pdf).",
)
@json_option
def compare(output: Output, places: Sequence[Path], file: Path | None, as_json: bool) -> None:
    """Show runs beside each other.

    What differs in the specs, and what in the results. RUN is a run folder, or a folder that holds some, such
    as runs/digits-mlp. Runs that differ in nothing but their seed are a group with mean and spread.
    """
    suffix = file.suffix.lower() if file else PAGE
    if suffix not in (PAGE, *PICTURES):
        raise click.UsageError(f"`-o` writes {', '.join((PAGE, *PICTURES))}. Received: {file}")
    comparison = api.compare(places)
    data = json.dumps(comparison_data(comparison), indent=2, ensure_ascii=False) if as_json else ""
    output.result(data or comparison_text(comparison))
    if file is None:
        return
    if suffix == PAGE:
        write_page(file, comparison_page(comparison))
    else:
        draw_comparison(comparison, file)
    output.say(f"written: {file}")
