"""What was measured or packed on this machine, kept between runs; nothing is lost with it."""

import contextlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from recipe.program.writing import write_atomically


def cache_folder() -> Path:
    """Where the user's caches lie: `RECIPE_CACHE`, else by the XDG base directory specification."""
    chosen = os.environ.get("RECIPE_CACHE")
    if chosen:
        return Path(chosen).expanduser()
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "recipe"


def read_cache(name: str, key: str) -> Mapping[str, Any] | None:
    """What was kept under a key; None when nothing was, or when the file cannot be read.

    Args:
        name: of the file, without `.json`.
        key: says all that the measurement depends on.
    """
    return _entries(name).get(key)


def write_cache(name: str, key: str, entry: Mapping[str, Any]) -> None:
    """Keep an entry beside those of other keys; a folder that cannot be written keeps nothing."""
    content = json.dumps({**_entries(name), key: entry}, indent=2)
    with contextlib.suppress(OSError):
        write_atomically(cache_folder() / f"{name}.json", content.encode())


def _entries(name: str) -> dict[str, dict[str, Any]]:
    try:
        entries = json.loads((cache_folder() / f"{name}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    whole = isinstance(entries, dict) and all(isinstance(entry, dict) for entry in entries.values())
    return entries if whole else {}
