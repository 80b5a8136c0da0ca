"""`recipe templates`: what ships with recipe to be copied, extended and combined."""

import json
from collections.abc import Iterable, Iterator

from recipe.cli.commands import command, json_option
from recipe.cli.output import Output
from recipe.program.templates import Family, Template, shipped_templates

TITLES = {
    Family.SPEC: "specs that run as they are",
    Family.ARCHITECTURE: "architectures, with the variables that may be set",
    Family.RECIPE: "recipes: how an architecture is trained",
}


@command("templates", "recipe templates", "recipe init resnet")
@json_option
def templates(output: Output, as_json: bool) -> None:
    """List the templates that ship with recipe.

    Each can be the start of a spec by `recipe init`, and be named in `extends`: an architecture and a recipe
    together, as in `extends: [resnet, sgd-momentum-cosine]`.
    """
    found = shipped_templates()
    output.result(_as_json(found) if as_json else listing(found))


def listing(found: Iterable[Template]) -> str:
    """Names and help by family, below an architecture its variables."""
    found = tuple(found)
    width = max((len(template.name) for template in found), default=0)
    parts = (
        "\n".join((title, *_lines((one for one in found if one.family is family), width)))
        for family, title in TITLES.items()
    )
    return "\n\n".join(parts)


def _lines(found: Iterable[Template], width: int) -> Iterator[str]:
    for template in found:
        yield f"  {template.name:<{width}}  {template.help}"
        if template.family is Family.ARCHITECTURE and template.variables:
            settings = ", ".join(f"{variable.name}: {variable.default}" for variable in template.variables)
            yield f"  {'':<{width}}  {settings}"


def _as_json(found: Iterable[Template]) -> str:
    described = {
        template.name: {
            "family": template.family,
            "help": template.help,
            "source": template.source,
            "variables": {
                variable.name: {"default": variable.default, "help": variable.help}
                for variable in template.variables
            },
        }
        for template in found
    }
    return json.dumps(described, indent=2, ensure_ascii=False)
