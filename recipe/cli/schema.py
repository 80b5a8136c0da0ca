"""`recipe schema`: the language as JSON Schema, for editors."""

import json
from functools import cache
from pathlib import Path

import click

from recipe import api
from recipe.cli.commands import command
from recipe.cli.output import Output
from recipe.program.writing import write_result

SCHEMA_FILE = "recipe.schema.json"
MODELINE = f"# yaml-language-server: $schema={SCHEMA_FILE}\n"
"""The first line of a spec for which editors read the schema that lies beside it."""


@cache
def schema_text() -> str:
    """The language as JSON Schema, as it is written to files."""
    return json.dumps(api.schema(), indent=1, ensure_ascii=False) + "\n"


@command("schema", "recipe schema -o recipe.schema.json", "recipe schema > recipe.schema.json")
@click.option("-o", "--output", "file", metavar="FILE", help="Where to write; standard output unless said.")
def schema(output: Output, file: str | None) -> None:
    """Print the language as JSON Schema, for editors.

    They complete, explain and check a spec whose first line names the file:

    # yaml-language-server: $schema=recipe.schema.json
    """
    text = schema_text()
    if file is None or file == "-":
        output.result(text)
        return
    write_result(Path(file), text.encode())
    output.result(file)
