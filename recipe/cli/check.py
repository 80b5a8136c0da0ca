"""`recipe check`: every mistake of a spec; unless asked to, without reading data or loading a framework."""

import sys
from collections.abc import Sequence
from typing import TextIO

import click

from recipe import api
from recipe.cli.check_stages import NOT_CHECKED, Stage, checked_further
from recipe.cli.commands import command, json_option, set_option
from recipe.cli.fixing import fix_spec
from recipe.cli.output import Output, Verbosity, drawn
from recipe.cli.specs import STDIN, check_spec
from recipe.diagnostics.problems import Problem, Texts
from recipe.diagnostics.rendering import FORMATS


@command("check", "recipe check specs/*.yaml", "recipe check - --format json < mine.yaml")
@click.argument("specs", metavar="SPEC...", nargs=-1, required=True)
@click.option(
    "--format",
    "chosen",
    type=click.Choice(["text", *FORMATS]),
    default="text",
    show_default=True,
    help="How problems are written.",
)
@json_option
@click.option("--fix", "fixes", is_flag=True, help="Write what is surely meant into the file.")
@click.option("--data", "stage", flag_value=Stage.DATA.value, help="Read the data too.")
@click.option("--shapes", "stage", flag_value=Stage.SHAPES.value, help="Read the data and build the layers.")
@set_option
def check(
    output: Output,
    specs: Sequence[str],
    chosen: str,
    as_json: bool,
    fixes: bool,
    stage: str | None,
    overrides: Sequence[str],
) -> int:
    """Show every problem of a spec, without running it.

    SPEC is a file, or - for standard input. Ends with 1 when an error was found; warnings alone end with 0.
    With --fix the text of standard input comes out fixed, and problems go to standard error.
    """
    chosen = "json" if as_json else chosen
    checked = [check_spec(spec, overrides) for spec in dict.fromkeys(specs)]
    if fixes:
        checked = [fix_spec(output, one, overrides) for one in checked]
    beside = fixes and any(one.source == STDIN for one in checked)
    return _told(output, checked, chosen, Stage(stage or Stage.SPEC), sys.stderr if beside else sys.stdout)


def _told(output: Output, checked: Sequence[api.Checked], chosen: str, stage: Stage, stream: TextIO) -> int:
    """Write what was found, go on to a later stage, and write what is found there; gives the exit code."""
    write = output.result if stream is sys.stdout else output.insist
    texts, found = _texts(checked), _problems(checked)
    if chosen == "text":
        write(drawn(found, texts, stream))
    further = [checked_further(one, stage) for one in checked]
    later = _problems([one for one, _ in further])
    codes = [code for _, code in further]
    reached = stage if all(one.program for one in checked) else Stage.SPEC
    if api.DataError.exit_code in codes:
        reached = Stage.DATA
    if chosen == "text":
        write(drawn(later, texts, stream))
        if output.verbosity is not Verbosity.QUIET:
            write(_ending(checked, found + later, reached))
    else:
        write(FORMATS[chosen](found + later, texts))
        output.say(NOT_CHECKED[reached])
    return _ended(codes)


def _ended(codes: Sequence[int]) -> int:
    """The exit code of many: what is wrong with a spec comes before what is wrong with data."""
    return min((code for code in codes if code), default=0)


def _ending(checked: Sequence[api.Checked], found: list[Problem], reached: Stage) -> str:
    """The last lines: that nothing was found, and what was not looked at."""
    specs = checked[0].source if len(checked) == 1 else f"{len(checked)} specs"
    lines = [] if found else [f"no problems in {specs}"]
    return "\n".join([*lines, NOT_CHECKED[reached]])


def _problems(checked: Sequence[api.Checked]) -> list[Problem]:
    return [problem for one in checked for problem in one.problems]


def _texts(checked: Sequence[api.Checked]) -> Texts:
    return Texts({name: text for one in checked for name, text in one.texts.by_source.items()})
