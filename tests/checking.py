"""One small spec, changed here and there, and what `recipe.check` says about it."""

from collections.abc import Sequence
from pathlib import Path

import recipe
from recipe.api import Checked
from recipe.diagnostics.problems import Problem

SPECS = Path(__file__).parents[1] / "specs"

SPEC = """\
recipe: 1
name: small
data:
  source: {bundled: digits}
  split: {validation: 10%, test: 20%}
architecture:
  - Flatten
  - Dense: {units: 64, activation: relu}
  - head
optimizer:
  AdamW: {learning_rate: 3e-3}
training: {epochs: 3, batch_size: 32}
"""
LAYER = "  - Dense: {units: 64, activation: relu}\n"
END = "training: {epochs: 3, batch_size: 32}\n"


def edited(*changes: tuple[str, str], spec: str = SPEC) -> str:
    """The small spec with some pieces of its text replaced."""
    for old, new in changes:
        assert old in spec, old
        spec = spec.replace(old, new)
    return spec


def with_layer(layer: str) -> str:
    """The small spec with another layer in the middle; `layer` is written as in the list."""
    lines = layer.strip("\n").splitlines()
    return edited((LAYER, "".join(f"  {line}\n" for line in lines)))


def with_section(section: str) -> str:
    """The small spec with a section more at its end."""
    return edited((END, f"{END}{section}\n"))


def check(text: str, overrides: Sequence[str] = (), source: str = "mine.yaml") -> Checked:
    """What `recipe.check` finds in a text."""
    return recipe.check(source, overrides, text=text)


def told(text: str, overrides: Sequence[str] = ()) -> tuple[Problem, ...]:
    """What is wrong in a text, without the advice of lint."""
    return tuple(one for one in check(text, overrides).problems if one.code.startswith("R"))


def problem(text: str, overrides: Sequence[str] = ()) -> Problem:
    """The one thing that is wrong in a text; fails when there is none, or more."""
    (found,) = told(text, overrides)
    return found


def marked(found: Problem, text: str) -> str:
    """The piece of a text that the caret of a problem stands under."""
    assert found.span is not None
    assert found.span.line == found.span.end_line
    line = text.splitlines()[found.span.line - 1]
    return line[found.span.column - 1 : found.span.end_column - 1]
