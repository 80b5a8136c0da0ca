"""`recipe plan`: what a spec would do, without training."""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from recipe import api
from recipe.cli.commands import command, imports_option, json_option, set_option, spec_argument
from recipe.cli.output import Output
from recipe.cli.plan_data import plan_data
from recipe.cli.plan_speed import Speed, parse_speed
from recipe.cli.plan_text import plan_text, weight_text
from recipe.cli.specs import load_spec
from recipe.cli.terminals import width_of
from recipe.program.writing import write_result
from recipe.report.networks import draw_network
from recipe.report.schedules import draw_schedule

PICTURES = (".svg", ".png", ".pdf")


@command(
    "plan",
    "recipe plan mine.yaml --graph network.svg",
    "recipe plan mine.yaml --speed 100TFLOP/s --devices 8",
)
@spec_argument
@json_option
@set_option
@imports_option
@click.option(
    "--schedule",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Draw the learning rate over the steps, as .svg, .png or .pdf.",
)
@click.option(
    "--graph",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Draw the network, as .svg.",
)
@click.option(
    "--weights", is_flag=True, help="List every weight: how it begins, and whether it learns and decays."
)
@click.option(
    "--speed",
    callback=parse_speed,
    metavar="RATE",
    help="Say how long it takes at 100TFLOP/s a device, or at 5000examples/s.",
)
@click.option(
    "--devices",
    type=click.IntRange(1),
    metavar="N",
    help="Share each batch over N devices; what this machine has unless said.",
)
def plan(
    output: Output, spec: str, as_json: bool, overrides: Sequence[str], allow_imports: bool, **wanted: Any
) -> None:
    """Show what a spec would do and cost, without training it.

    SPEC is a file, or - for standard input. Its data are read and its layers built without weights, so the
    plan has the shapes, parameters, operations, memory, steps and learning rates of the run.
    """
    loaded = load_spec(spec, overrides, allow_imports=allow_imports)
    for option, suffixes in (("schedule", PICTURES), ("graph", PICTURES[:1])):
        path = wanted[option]
        if path is not None and path.suffix.lower() not in suffixes:
            raise click.UsageError(f"`--{option}` draws {', '.join(suffixes)}. Received: {path}")
    show_plan(output, loaded, Wanted(as_json=as_json, **wanted))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is wanted beside the plan.

    Args:
        schedule: file of the schedule's picture; None draws none.
        graph: file of the network's picture; None draws none.
        weights: whether every weight is listed, in place of the rest.
        speed: to tell the time at.
        devices: that share each batch; None: those of this machine.
        as_json: JSON in place of text.
    """

    schedule: Path | None = None
    graph: Path | None = None
    weights: bool = False
    speed: Speed | None = None
    devices: int | None = None
    as_json: bool = False


def show_plan(output: Output, spec: api.Spec, wanted: Wanted | None = None) -> None:
    """Write the plan of a spec to standard output, its warnings beside it."""
    wanted = wanted or Wanted()
    output.say(f"reading the data of {spec.source} and loading Keras ...")
    planned = api.plan(spec, wanted.devices)
    output.report(planned.warnings, spec.texts)
    data = plan_data(planned, wanted.speed)
    if wanted.schedule is not None:
        _draw(planned, wanted.schedule)
        output.say(f"drawn: {wanted.schedule}")
    if wanted.graph is not None:
        write_result(wanted.graph, _network(planned).encode())
        output.say(f"drawn: {wanted.graph}")
    text = json.dumps(data, indent=2, ensure_ascii=False) if wanted.as_json else None
    output.result(text or (weight_text(data) if wanted.weights else plan_text(data, width_of(sys.stdout))))


def _network(planned: api.Plan) -> str:
    facts = planned.program.facts
    shapes = {name: str(fact.shape) for name, fact in facts.inputs.items()} if facts else {}
    shapes |= {row.name: row.shape for row in planned.layers}
    return draw_network(planned.program.graph, shapes)


def _draw(planned: api.Plan, picture: Path) -> None:
    program = planned.program
    steps_per_epoch = int(str(program.training.steps_per_epoch))
    draw_schedule(planned.curve, planned.rates, picture, title=program.name, steps_per_epoch=steps_per_epoch)
