"""Presets that a spec names: read once, before the Program is built; what they hold stays in it."""

from dataclasses import replace
from typing import TYPE_CHECKING

from recipe.program.building import build
from recipe.program.presets import has_presets, has_tokenizers, with_found
from recipe.program.programs import Program

if TYPE_CHECKING:
    from recipe.api.checking import Spec


def read_presets(spec: "Spec") -> "Spec":
    """A spec that holds what was found in its presets; one without presets loads nothing.

    Raises:
        RecipeError: R560 without KerasHub, R683 for a preset that cannot be read, R684 for one that
            is refused.
    """
    if not has_presets(spec.root):
        return spec
    from recipe.compiler import startup

    startup.start(spec.program.runtime)
    from recipe.compiler.presets import find

    root = with_found(spec.root, find)
    return replace(spec, root=root, program=build(root, None, []))


def start_for_texts(program: Program) -> None:
    """Load Keras with the backend of a run, before KerasHub does, whose tokenizers read its data."""
    if has_tokenizers(program.spec):
        from recipe.compiler import startup

        startup.start(program.runtime)
