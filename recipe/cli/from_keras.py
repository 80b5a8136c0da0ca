"""`recipe from-keras`: a Keras model as a spec."""

from pathlib import Path

import click

from recipe import api
from recipe.cli.commands import command
from recipe.cli.output import Output
from recipe.diagnostics.commands import FileInTheWay
from recipe.diagnostics.problems import RecipeError
from recipe.program.writing import write_result


@command("from-keras", "recipe from-keras model.keras -o model.yaml", "recipe from-keras ResNet50")
@click.argument("source", metavar="FILE|APPLICATION")
@click.option("-o", "--output", "file", metavar="FILE", help="Where to write; standard output unless said.")
@click.option("-f", "--force", is_flag=True, help="Replace a file that exists.")
def from_keras(output: Output, source: str, file: str | None, force: bool) -> None:
    """Print a Keras model as a spec, repeated layers folded.

    What it prints has an architecture and `init`; a spec with data, optimizer and training names it in
    `extends`.
    """
    target = None if file in (None, "-") else Path(str(file))
    if target is not None and target.exists() and not force:
        raise RecipeError([FileInTheWay(None, str(target))])
    text = api.from_keras(source)
    if target is None:
        output.result(text)
        return
    write_result(target, text.encode())
    output.result(str(target))
