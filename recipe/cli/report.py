"""`recipe report`: a run as one page of HTML."""

import json
from pathlib import Path

import click

from recipe import api
from recipe.cli.commands import command, json_option
from recipe.cli.output import Output
from recipe.report.pages import write_page
from recipe.report.run_pages import FILE


@command("report", "recipe report runs/digits-cnn/1", "recipe report runs/digits-cnn/1 -o digits.html")
@click.argument("run", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    "file",
    metavar="FILE",
    help="Where to write; report.html of the run folder unless said, - for standard output.",
)
@json_option
def report(output: Output, run: Path, file: str | None, as_json: bool) -> None:
    """Write a run as one page of HTML.

    Curves, the gap to the validation, the spec, where each value came from, layers, mistakes, and the
    environment. The page needs no network and no other file. The last line of standard output is the page.
    """
    output.say(f"reading {run} ...")
    text = api.report(run)
    if file == "-":
        output.result(text)
        return
    target = Path(file) if file else run / FILE
    write_page(target, text)
    output.result(json.dumps({"report": str(target)}) if as_json else str(target))
