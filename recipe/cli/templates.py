"""`recipe templates`: the specs that ship with recipe."""

import json
from collections.abc import Mapping
from pathlib import Path

from recipe.cli.commands import command, json_option
from recipe.cli.output import Output
from recipe.program.shipped import SPECS, shipped_specs


@command("templates", "recipe templates", "recipe init digits-mlp")
@json_option
def templates(output: Output, as_json: bool) -> None:
    """List the specs that ship with recipe.

    Each can be copied by `recipe init`, and named in `extends`.
    """
    found = {name: summary(name) for name in shipped_specs()}
    output.result(json.dumps(found, indent=2, ensure_ascii=False) if as_json else listing(found))


def listing(found: Mapping[str, str]) -> str:
    """Names and summaries in two columns."""
    width = max(map(len, found), default=0)
    return "\n".join(f"{name:<{width}}  {text}".rstrip() for name, text in found.items())


def path_of(name: str) -> Path:
    """The file of a shipped spec."""
    return SPECS / f"{name}.yaml"


def summary(name: str) -> str:
    """The first sentence of a shipped spec's header; empty where it has none."""
    first = path_of(name).read_text(encoding="utf-8").partition("\n")[0]
    return first.removeprefix("#").strip() if first.startswith("#") else ""
