"""`recipe check`: every mistake of a spec, without reading data or loading a framework."""

import sys
from collections.abc import Sequence

import click

from recipe.cli.commands import command, set_option
from recipe.cli.output import Output, Verbosity, drawn
from recipe.cli.specs import check_spec
from recipe.diagnostics.problems import Problem, Texts, errors
from recipe.diagnostics.rendering import FORMATS

NOT_CHECKED = "not checked: the data and the shapes of layers (`recipe plan SPEC` checks them)"


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
@set_option
def check(output: Output, specs: Sequence[str], chosen: str, overrides: Sequence[str]) -> int:
    """Show every problem of a spec, without running it.

    SPEC is a file, or - for standard input. Ends with 1 when an error was found; warnings alone end with 0.
    """
    checked = [check_spec(spec, overrides) for spec in dict.fromkeys(specs)]
    problems = [problem for one in checked for problem in one.problems]
    texts = Texts({name: text for one in checked for name, text in one.texts.by_source.items()})
    if chosen == "text":
        _write_text(output, [one.source for one in checked], problems, texts)
    else:
        output.result(FORMATS[chosen](problems, texts))
        output.say(NOT_CHECKED)
    return 1 if errors(problems) else 0


def _write_text(output: Output, sources: Sequence[str], problems: Sequence[Problem], texts: Texts) -> None:
    output.result(drawn(problems, texts, sys.stdout))
    if output.verbosity is Verbosity.QUIET:
        return
    if not problems:
        where = sources[0] if len(sources) == 1 else f"{len(sources)} specs"
        output.result(f"no problems in {where}")
    output.result(NOT_CHECKED)
