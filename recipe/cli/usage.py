"""Words about a command line that cannot be understood."""

from collections.abc import Iterable

import click

from recipe.diagnostics.suggestions import nearest


def usage_text(error: click.ClickException) -> str:
    """How the command is used, and what was wrong, last."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    message = _message(error)
    if context is None:
        return f"error: {message}\n"
    path = context.command_path
    return f"{context.get_usage()}\n`{path} -h` says more.\n\nerror: {message}\n"


def _message(error: click.ClickException) -> str:
    if not isinstance(error, click.NoSuchOption) or error.ctx is None:
        return error.format_message()
    known = [name for parameter in error.ctx.command.get_params(error.ctx) for name in _long(parameter.opts)]
    return no_such(
        f"`{error.ctx.command_path}` has no option `{error.option_name}`", error.option_name, known
    )


def _long(names: Iterable[str]) -> list[str]:
    return [name for name in names if name.startswith("--")]


def no_such(sentence: str, given: str, known: Iterable[str]) -> str:
    """A sentence about an unknown name, with the known name that was meant.

    >>> no_such("`recipe` has no command `fitt`", "fitt", ["fit", "check"])
    '`recipe` has no command `fitt`; did you mean `fit`?'
    """
    meant = nearest(given, known)
    return f"{sentence}; did you mean `{meant}`?" if meant else sentence
