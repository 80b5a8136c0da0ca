"""What a shell may complete: specs, templates, codes and keys, pages, and the paths of `--set`.

Click asks these functions when a shell completes a line. They look at no data and tell no problems: where
nothing is known, nothing is offered.
"""

from collections.abc import Iterable
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from recipe.diagnostics.codes import classes_by_code
from recipe.program.programs import Program
from recipe.program.shipped import template_names

Items = list[CompletionItem]
_SPEC_PARAMETERS = ("spec", "specs", "subject")


def complete_spec(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> Items:
    """Files; the shell finds them itself."""
    return [CompletionItem(incomplete, type="file")]


def complete_template(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> Items:
    """The templates that ship with recipe."""
    return _starting(incomplete, template_names())


def complete_subject(context: click.Context, parameter: click.Parameter, incomplete: str) -> Items:
    """The codes of messages, each with what it is about; files where no code begins so."""
    codes = [
        CompletionItem(code, help=(kind.__doc__ or "").partition("\n")[0])
        for code, kind in classes_by_code().items()
        if incomplete and code.startswith(incomplete.upper())
    ]
    return codes or complete_spec(context, parameter, incomplete)


def complete_key(context: click.Context, _parameter: click.Parameter, incomplete: str) -> Items:
    """The keys of the spec that is on the line."""
    from recipe.program.history import entries

    program = _checked_program(context)
    paths = [entry.path.split(".") for entry in entries(program)] if program else []
    return _starting(incomplete, (".".join(path[start:]) for path in paths for start in range(len(path))))


def complete_override(context: click.Context, _parameter: click.Parameter, incomplete: str) -> Items:
    """The path of every value of a section, and of the optimizer's arguments, up to its `=`."""
    from recipe import api

    return _starting(incomplete, (f"{path}=" for path in api.settable_paths(_checked_program(context))))


def _starting(incomplete: str, words: Iterable[str]) -> Items:
    return [CompletionItem(word) for word in dict.fromkeys(words) if word.startswith(incomplete)]


def _checked_program(context: click.Context) -> Program | None:
    """The Program of the first sound spec on the line."""
    from recipe import api

    given = [context.params.get(name) or () for name in _SPEC_PARAMETERS]
    words = [word for found in given for word in ([found] if isinstance(found, str) else found)]
    # Behind an option without its value, click leaves the arguments where they were.
    files = [path for word in (*words, *context.args) if (path := Path(word)).is_file()]
    return api.check(files[0]).program if files else None
