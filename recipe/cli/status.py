"""`recipe status`: where a run stands."""

import json
import shlex
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
    output.result(standing_json(standing) if as_json else _text(run, standing))


def standing_json(standing: api.Standing) -> str:
    """Where a run stands, for machines."""
    return json.dumps(asdict(standing), indent=2)


def _text(run: Path, standing: api.Standing) -> str:
    lines = [f"{run}: {_state(standing)}, {standing.epochs} of {standing.epochs_planned} epochs"]
    if standing.fork:
        lines.append(f"it started from step {standing.fork_step} of {standing.fork}")
    resume = f"recipe resume {shlex.quote(str(run))}"
    if standing.resumable:
        place = f"step {standing.step}" if standing.step is not None else "the beginning"
        lines.append(f"{resume} continues it from {place} of {standing.steps_planned}")
    elif standing.state not in ("running", "finished") and standing.pid is None and standing.step is None:
        lines.append(f"none of its checkpoints is whole: {resume} says what is wrong")
    return "\n".join(lines)


def _state(standing: api.Standing) -> str:
    """The state, and who or what brought it about."""
    if standing.state == "running" and standing.pid is not None:
        return f"running as process {standing.pid} on {standing.host} since {standing.started}"
    if standing.state == "killed":
        return "killed (its process is gone and left no word)"
    return f"{standing.state} ({standing.stopped})" if standing.stopped else standing.state
