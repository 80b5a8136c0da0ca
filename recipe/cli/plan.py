"""`recipe plan`: what a spec would do, without training."""

import json
import sys
from collections.abc import Sequence

from recipe import api
from recipe.cli.commands import command, json_option, set_option, spec_argument
from recipe.cli.output import Output
from recipe.cli.plan_data import plan_data
from recipe.cli.plan_text import plan_text
from recipe.cli.specs import load_spec
from recipe.cli.terminals import width_of


@command("plan", "recipe plan mine.yaml", "recipe plan mine.yaml --set training.batch_size=64 --json")
@spec_argument
@json_option
@set_option
def plan(output: Output, spec: str, as_json: bool, overrides: Sequence[str]) -> None:
    """Show what a spec would do, without training it.

    SPEC is a file, or - for standard input. Its data are read and its layers built, so the plan has the
    shapes, parameters, steps and learning rates of the run.
    """
    show_plan(output, load_spec(spec, overrides), as_json=as_json)


def show_plan(output: Output, spec: api.Spec, *, as_json: bool = False) -> None:
    """Write the plan of a spec to standard output, its warnings beside it."""
    output.say(f"reading the data of {spec.source} and loading Keras ...")
    planned = api.plan(spec)
    output.report(planned.warnings, spec.texts)
    data = plan_data(planned)
    output.result(
        json.dumps(data, indent=2, ensure_ascii=False) if as_json else plan_text(data, width_of(sys.stdout))
    )
