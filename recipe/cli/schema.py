"""`recipe schema`: the language as JSON Schema, for editors."""

import json
from pathlib import Path

import click

from recipe import api
from recipe.cli.commands import command
from recipe.cli.output import Output
from recipe.program.writing import write_atomically


@command("schema", "recipe schema -o recipe.schema.json", "recipe schema > recipe.schema.json")
@click.option("-o", "--output", "file", metavar="FILE", help="Where to write; standard output unless said.")
def schema(output: Output, file: str | None) -> None:
    """Print the language as JSON Schema, for editors.

    They complete, explain and check a spec whose first line names the file:

    # yaml-language-server: $schema=recipe.schema.json
    """
    text = json.dumps(api.schema(), indent=1, ensure_ascii=False) + "\n"
    if file is None or file == "-":
        output.result(text)
        return
    write_atomically(Path(file), text.encode())
    output.result(file)
