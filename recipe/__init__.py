"""One YAML file describes a whole training run, compiled into plain Keras 3 objects and trained."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from recipe.api import check, compile, fit, load

__all__ = ["check", "compile", "fit", "load"]


def __getattr__(name: str) -> Any:
    """What is asked for, read only now: a command that is interrupted while it is read can say so."""
    if name not in (*__all__, "api"):
        raise AttributeError(f"module 'recipe' has no attribute '{name}'")
    import recipe.api

    return recipe.api if name == "api" else getattr(recipe.api, name)
