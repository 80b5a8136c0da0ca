"""`recipe init`: a first spec, copied from one that ships with recipe."""

from pathlib import Path

import click

from recipe.cli.commands import command
from recipe.cli.completion import complete_template
from recipe.cli.output import Output
from recipe.cli.templates import listing, path_of, summary
from recipe.diagnostics.commands import FileInTheWay, NoSuchTemplate
from recipe.diagnostics.problems import RecipeError
from recipe.program.shipped import shipped_specs
from recipe.program.writing import write_atomically


@command("init", "recipe init digits-mlp", "recipe init penguins-mlp -o mine.yaml")
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
    """Write a first spec, copied from a template.

    Without TEMPLATE, list the templates: the specs that ship with recipe.
    """
    known = shipped_specs()
    if template is None:
        output.result(listing({name: summary(name) for name in known}))
        output.say("\nnext: recipe init TEMPLATE")
        return
    if template not in known:
        raise RecipeError([NoSuchTemplate(None, template, known)])
    content = path_of(template).read_bytes()
    if file == "-":
        output.result(content.decode())
        return
    target = Path(file or f"{template}.yaml")
    if target.exists() and not force:
        raise RecipeError([FileInTheWay(None, str(target))])
    write_atomically(target, content)
    output.result(str(target))
    output.say(f"next: recipe fit {target}")
