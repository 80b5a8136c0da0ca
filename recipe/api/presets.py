"""Presets that a spec names: read once, before the Program is built; what they hold stays in it."""

from dataclasses import replace
from typing import TYPE_CHECKING

from recipe.program.backbones import has_backbones, with_found

if TYPE_CHECKING:
    from recipe.api.checking import Spec


def read_presets(spec: "Spec") -> "Spec":
    """A spec whose backbones hold what was found in their presets; one without presets loads nothing.

    Raises:
        RecipeError: R560 without KerasHub, R683 for a preset that cannot be read, R684 for one that
            is refused.
    """
    if not has_backbones(spec.root):
        return spec
    from recipe.compiler import startup

    startup.start(spec.program.runtime)
    from recipe.compiler.presets import find

    return replace(spec, root=with_found(spec.root, find))
