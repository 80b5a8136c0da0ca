"""One YAML file describes a whole training run, compiled into plain Keras 3 objects and trained."""

from recipe.api import check, compile, fit, load

__all__ = ["check", "compile", "fit", "load"]
