"""`recipe init`: a first spec, from a template that ships with recipe."""

from collections.abc import Mapping
from pathlib import Path

import click

from recipe.cli.commands import command
from recipe.cli.completion import complete_template
from recipe.cli.output import Output
from recipe.cli.schema import MODELINE, SCHEMA_FILE, schema_text
from recipe.cli.starters import STARTERS, starter_text
from recipe.cli.templates import listing
from recipe.diagnostics.commands import FileInTheWay, NoSuchTemplate
from recipe.diagnostics.problems import RecipeError
from recipe.program.templates import Family, Template, shipped_templates
from recipe.program.writing import write_result


@command("init", "recipe init digits-mlp", "recipe init resnet -o mine.yaml")
@click.argument("template", metavar="[TEMPLATE]", required=False, shell_complete=complete_template)
@click.option(
    "-o",
    "--output",
    "file",
    metavar="FILE",
    help="Where to write; TEMPLATE.yaml unless said, - for standard output.",
)
@click.option("-f", "--force", is_flag=True, help="Replace a file that exists.")
def init(output: Output, template: str | None, file: str | None, force: bool) -> None:
    """Write a first spec from a template.

    It is a copy of a whole one, or extends an architecture or a recipe.

    It runs as it is, on data that ship with recipe. Its first line tells editors to read recipe.schema.json,
    which is written beside it unless it is there. Without TEMPLATE, list the templates.
    """
    found = {one.name: one for one in shipped_templates()}
    if template is None:
        output.result(listing(found.values()))
        output.say("\nnext: recipe init TEMPLATE")
        return
    if template not in found:
        raise RecipeError([NoSuchTemplate(None, template, tuple(found))])
    content = _content(template, found)
    if file == "-":
        output.result(content)
        return
    target = Path(file or f"{template}.yaml")
    if target.exists() and not force:
        raise RecipeError([FileInTheWay(None, str(target))])
    write_result(target, (MODELINE + content).encode())
    _write_schema(output, target.parent / SCHEMA_FILE)
    output.result(str(target))
    output.say(f"next: recipe fit {target}")


def _content(name: str, found: Mapping[str, Template]) -> str:
    """The first spec of a template."""
    template = found[name]
    if template.family is Family.SPEC:
        return template.path.read_text(encoding="utf-8")
    return starter_text(template, found[STARTERS[name].architecture])


def _write_schema(output: Output, path: Path) -> None:
    """Put the schema beside a spec, unless something is there already."""
    if path.exists():
        output.say(f"{path} was there and stays; `recipe schema -o {path}` writes it anew")
        return
    write_result(path, schema_text().encode())
    output.say(f"{path} is for editors: they complete, explain and check the spec")
