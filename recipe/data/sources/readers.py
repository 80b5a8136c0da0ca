"""The module of a source: its catalog row names it."""

import importlib
from typing import Any

from recipe.catalog.calls import Call


def module_of(call: Call) -> Any:
    """The module that reads a source: with `read`, and what else it can do.

    Args:
        call: the source; its target stands in the catalog.
    """
    return importlib.import_module(call.target)
