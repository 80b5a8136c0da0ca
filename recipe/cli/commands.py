"""How every command is made: its options, its examples, and what all commands have in common."""

import textwrap
from collections.abc import Callable
from typing import Any

import click

from recipe.cli.completion import complete_override, complete_spec
from recipe.cli.output import STDOUT, Output, Verbosity

HELP = {"help_option_names": ["-h", "--help"]}

set_option = click.option(
    "--set",
    "overrides",
    multiple=True,
    metavar="PATH=VALUE",
    shell_complete=complete_override,
    help="Change a value of the spec, such as training.epochs=3; may be given again.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Write JSON.")
stall_option = click.option(
    "--stall-timeout",
    "stall_minutes",
    type=click.FloatRange(0, min_open=True),
    metavar="MINUTES",
    help="End with 6, to be started again, when no step of training, validation or test was done for so "
    "long. Not watched: reading the data, building the network, and writing what is trained.",
)
imports_option = click.option(
    "--allow-imports",
    is_flag=True,
    help="Import the modules that the spec names in `imports`; they are code, and can do what you can.",
)
spec_argument = click.argument("spec", metavar="SPEC", shell_complete=complete_spec)


class Command(click.Command):
    """A command whose help says where it could not be written."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the words of a command; `--help` and `--version` are answered here."""
        try:
            return super().parse_args(ctx, args)
        except OSError as error:
            error.filename = STDOUT
            raise


def command(name: str, *examples: str) -> Callable[[Callable[..., int | None]], click.Command]:
    """Make a command of a function.

    Args:
        name: how users call it.
        examples: lines for the help.

    Returns:
        A decorator. The function gets an `Output` first, then its options by name; its docstring is the
        help, and what it returns the exit code (None is 0).
    """

    def make(function: Callable[..., int | None]) -> click.Command:
        made = click.command(name, Command, context_settings=HELP, epilog=example_lines(*examples))(
            click.make_pass_decorator(Output, ensure=True)(function)
        )
        made.params += common_options()
        return made

    return make


def example_lines(*examples: str) -> str:
    """Examples as click prints them below the options, line by line."""
    return "\b\nExamples:\n" + textwrap.indent("\n".join(examples), "  ")


def common_options() -> list[click.Parameter]:
    """The options that every command has."""
    return [
        _verbosity(Verbosity.QUIET, "Only results and errors."),
        _verbosity(Verbosity.VERBOSE, "Say more; show the traceback of an internal error."),
    ]


def _verbosity(level: Verbosity, help_text: str) -> click.Option:
    def chosen(context: click.Context, _parameter: click.Parameter, given: Any) -> None:
        if given:
            context.ensure_object(Output).verbosity = level

    name = level.name.lower()
    return click.Option(
        [f"-{name[0]}", f"--{name}"], is_flag=True, expose_value=False, help=help_text, callback=chosen
    )
