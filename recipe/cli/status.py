"""`recipe status`: where a run stands."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from recipe import api
from recipe.cli.commands import command, json_option
from recipe.cli.output import Output


@command("status", "recipe status runs/digits-cnn/1", "recipe status runs/digits-cnn/1 --json")
@click.argument("run", type=click.Path(path_type=Path))
@json_option
def status(output: Output, run: Path, as_json: bool) -> None:
    """Say where a run stands.

    It goes on, finished, failed, was stopped by a signal or killed; and from where it can be resumed.
    """
    standing = api.status(run)
    output.result(json.dumps(asdict(standing), indent=2) if as_json else _text(run, standing))


def _text(run: Path, standing: api.Standing) -> str:
    lines = [f"{run}: {standing.state}, {standing.epochs} of {standing.epochs_planned} epochs"]
    if standing.resumable:
        place = f"step {standing.step}" if standing.step is not None else "the beginning"
        lines.append(f"recipe resume {run} continues it from {place}")
    return "\n".join(lines)
