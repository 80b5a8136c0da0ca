"""`recipe resume`: go on with a run that did not finish."""

import sys
from pathlib import Path
from typing import Any

import click

from recipe import api
from recipe.cli import terminals
from recipe.cli.commands import command, imports_option, json_option, stall_option
from recipe.cli.output import Output, Verbosity
from recipe.cli.status import standing_json
from recipe.cli.trainings import go_on
from recipe.report.summary import summarize


@command("resume", "recipe resume runs/digits-cnn/1", "recipe resume runs/digits-cnn/1 --json")
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--engine-changed", is_flag=True, help="Go on although machine, versions or engine changed.")
@stall_option
@imports_option
@json_option
def resume(output: Output, run: Path, as_json: bool, allow_imports: bool, **asked: Any) -> None:
    """Go on with a run where its newest checkpoint stands.

    It ends with the same weights as a run that never stopped. The `recipe fit` that began it does the same.
    The last line of standard output is the run folder; with --json, where the run stands in the end.
    """
    go_on(output, run, api.FitOptions(**asked), allow_imports=allow_imports)
    if as_json:
        output.result(standing_json(api.status(run)))
        return
    if output.verbosity > Verbosity.QUIET:
        output.result(summarize(run, width=terminals.width_of(sys.stdout)))
    output.result(str(run))
