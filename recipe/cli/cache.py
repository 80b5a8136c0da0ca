"""`recipe cache`: the packed data of this machine."""

import json
import re
import time
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import click

from recipe import api
from recipe.cli.commands import command, json_option
from recipe.cli.output import Output
from recipe.cli.plan_text import aligned
from recipe.report.tables import bytes_text, duration_text

_SIZE = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?(|k|M|G|T)i?B?", re.IGNORECASE)
_POWERS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}


@command(
    "cache",
    "recipe cache remove --all",
    "recipe cache limit 20GB",
)
@click.argument("action", metavar="[remove|limit]", required=False, type=click.Choice(["remove", "limit"]))
@click.argument("words", metavar="[NAME... | SIZE]", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Remove all packed data.")
@json_option
def cache(
    output: Output, action: str | None, words: tuple[str, ...], everything: bool, as_json: bool
) -> None:
    """List, remove or limit packed data.

    Sources of images are decoded once and kept; each run reads them from there. Without an action, list what
    is kept, the one used last first. `remove` takes names or how they begin; what is removed is packed anew
    when it is needed. With a limit, what was used longest ago makes room; `limit off` takes it away.
    """
    if action == "remove":
        _remove(output, words, everything)
    elif action == "limit":
        _limit(output, words)
    else:
        _list(output, as_json)


def _list(output: Output, as_json: bool) -> None:
    kept, most = api.packs(), api.packs_limit()
    if as_json:
        content = {"folder": api.packs_folder(), "limit": most, "packs": [asdict(one) for one in kept]}
        output.result(json.dumps(content, indent=2))
        return
    if kept:
        output.result("\n".join(_table(kept)))
    total = bytes_text(sum(one.bytes for one in kept))
    limit = "no limit" if most is None else f"limit {bytes_text(most)}"
    output.say(f"{total} in {api.packs_folder()}, {limit}")


def _table(kept: Sequence[Any]) -> list[str]:
    rows = [("name", "of", "files", "size", "used")]
    rows += [
        (
            one.name[:8],
            one.root or "?",
            f"{one.rows:,}",
            bytes_text(one.bytes),
            f"{duration_text(max(0.0, time.time() - one.used))} ago",
        )
        for one in kept
    ]
    return aligned(rows, frozenset({2, 3}))


def _remove(output: Output, words: tuple[str, ...], everything: bool) -> None:
    if not words and not everything:
        raise click.UsageError("`recipe cache remove` needs names, or --all")
    removed = api.remove_packs([one.name for one in api.packs()] if everything else words)
    output.say(_told(removed))


def _limit(output: Output, words: tuple[str, ...]) -> None:
    if len(words) != 1:
        raise click.UsageError("`recipe cache limit` needs one size, such as 20GB, or off")
    removed = api.limit_packs(None if words[0] == "off" else _bytes(words[0]))
    output.say(_told(removed))


def _bytes(text: str) -> int:
    found = _SIZE.fullmatch(text)
    if found is None:
        raise click.UsageError(f"a size is a number with a unit, such as 500MB or 20GB. Received: {text}")
    return int(float(found[1]) * 1000 ** _POWERS[found[2].lower()])


def _told(removed: Sequence[Any]) -> str:
    if not removed:
        return "nothing removed"
    size = bytes_text(sum(one.bytes for one in removed))
    return f"removed {', '.join(one.title or one.name[:8] for one in removed)}: {size}"
