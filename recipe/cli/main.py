"""The command `recipe`: finds the command that was asked for, and ends with its exit code."""

import os
import sys
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NoReturn, TextIO

import click

from recipe import api
from recipe.cli import (
    cache,
    check,
    compare,
    data,
    diff,
    docs,
    eject,
    evaluate,
    explain,
    find_lr,
    fit,
    from_keras,
    init,
    plan,
    predict,
    report,
    resume,
    runs,
    schema,
    status,
    templates,
)
from recipe.cli.commands import HELP, Command, common_options, example_lines
from recipe.cli.failures import USAGE, explain_failure
from recipe.cli.output import Output
from recipe.cli.packing import PackingLine
from recipe.cli.usage import no_such, usage_text

GROUPS: Mapping[str, tuple[click.Command, ...]] = MappingProxyType(
    {
        "Train": (fit.fit, resume.resume, find_lr.find_lr),
        "Look at a spec": (check.check, plan.plan, data.data, explain.explain, diff.diff),
        "Look at runs": (runs.runs, status.status, report.report, compare.compare),
        "Use a run": (evaluate.evaluate, predict.predict),
        "Write": (init.init, templates.templates, eject.eject, from_keras.from_keras),
        "Read": (docs.docs, schema.schema, cache.cache),
    }
)
COMMANDS = tuple(command for commands in GROUPS.values() for command in commands)


class Commands(Command, click.Group):
    """The group of all commands; errors of a command become words and an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order of `GROUPS`, the main one first."""
        return list(self.commands)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands by what they are for."""
        room = formatter.width - 6 - max(map(len, self.commands))
        for title, commands in GROUPS.items():
            with formatter.section(title):
                formatter.write_dl([(str(one.name), one.get_short_help_str(room)) for one in commands])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command of the first word, or a usage error with the command that was meant."""
        name = args[0]
        if name not in self.commands and not name.startswith("-") and not ctx.resilient_parsing:
            ctx.fail(no_such(f"`{ctx.command_path}` has no command `{name}`", name, self.commands))
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> int:
        """Run the command; its exit code."""
        line = PackingLine(ctx.ensure_object(Output), sys.stderr)
        try:
            with api.packing_told_to(line):
                return int(super().invoke(ctx) or 0)
        except (click.ClickException, click.exceptions.Exit):
            raise
        except BaseException as error:  # whatever it is, the user gets a sentence
            return explain_failure(error, ctx.ensure_object(Output))


@click.group(
    cls=Commands,
    context_settings=HELP,
    params=common_options(),
    epilog=example_lines("recipe init digits-mlp", "recipe fit digits-mlp.yaml"),
)
@click.version_option(package_name="keras-recipe", message="%(prog)s %(version)s")
def recipe() -> None:
    """Train neural networks from one YAML file."""


for _command in COMMANDS:
    recipe.add_command(_command)


def run(arguments: Sequence[str]) -> int:
    """Run one command line.

    Args:
        arguments: without the name of the program.

    Returns:
        The exit code: 0 done, 1 errors found, 2 usage, 3 a bug of recipe, 4 diverged, 5 data, 6 the machine,
        7 the run folder, 129 hung up, 130 interrupted, 143 asked to end (all saved first).
    """
    output = Output()
    try:
        words = list(arguments) or ["--help"]
        return int(recipe.main(words, "recipe", standalone_mode=False, obj=output) or 0)
    except click.ClickException as error:
        output.insist(usage_text(error))
        return USAGE
    except click.Abort:
        return explain_failure(KeyboardInterrupt(), output)
    except OSError as error:  # of what click writes itself
        return explain_failure(error, output)


def main() -> NoReturn:
    """Run the command line of the process."""
    _open_closed_streams()
    for stream in (sys.stdout, sys.stderr):
        _never_refuse(stream)
    api.own_process()
    with api.last_words():
        sys.exit(run(sys.argv[1:]))


def _open_closed_streams() -> None:
    """Let a stream that the process began without lead nowhere; else the next file would get its number."""
    for descriptor, (name, mode) in enumerate((("stdin", "r"), ("stdout", "w"), ("stderr", "w"))):
        if getattr(sys, name) is None and os.open(os.devnull, os.O_RDWR) == descriptor:
            setattr(sys, name, os.fdopen(descriptor, mode, encoding="utf-8"))


def _never_refuse(stream: TextIO) -> None:
    """Escape what the encoding of a stream cannot hold: a file name must not end a run."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="backslashreplace")


if __name__ == "__main__":
    main()
