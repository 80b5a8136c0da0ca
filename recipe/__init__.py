"""One YAML file describes a whole training run; recipe compiles it into plain Keras 3 objects and trains it."""

from recipe.api import check, compile, fit, load

__all__ = ["check", "compile", "fit", "load"]
