"""`recipe eject`: a spec as one Keras script."""

from collections.abc import Sequence
from pathlib import Path

import click

from recipe import api
from recipe.cli.commands import command, imports_option, set_option, spec_argument
from recipe.cli.output import Output
from recipe.cli.specs import load_spec
from recipe.diagnostics.commands import FileInTheWay
from recipe.diagnostics.problems import RecipeError
from recipe.program.writing import write_result


@command("eject", "recipe eject mine.yaml -o mine.py", "recipe eject mine.yaml --set training.epochs=3")
@spec_argument
@set_option
@click.option("-o", "--output", "file", metavar="FILE", help="Where to write; standard output unless said.")
@imports_option
@click.option("-f", "--force", is_flag=True, help="Replace a file that exists.")
def eject(
    output: Output,
    spec: str,
    overrides: Sequence[str],
    file: str | None,
    allow_imports: bool,
    force: bool,
) -> None:
    """Print a spec as one Keras script that needs no recipe.

    It reads the same data, trains the same weights, and writes them to NAME.weights.h5. A part of the spec
    that no script can say yet is refused.
    """
    target = None if file in (None, "-") else Path(str(file))
    if target is not None and target.exists() and not force:
        raise RecipeError([FileInTheWay(None, str(target))])
    text = api.eject(load_spec(spec, overrides, allow_imports=allow_imports))
    if target is None:
        output.result(text.removesuffix("\n"))
        return
    write_result(target, text.encode())
    output.result(str(target))
