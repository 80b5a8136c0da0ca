"""Every lint rule, a row each: one rule, one function, one module."""

from collections.abc import Callable, Sequence

from recipe.diagnostics.problems import Problem
from recipe.lint.bias_before_norm import bias_before_norm
from recipe.lint.warmup_share import warmup_share
from recipe.program.programs import Program

RULES: tuple[Callable[[Program], Sequence[Problem]], ...] = (bias_before_norm, warmup_share)


def lint(program: Program) -> list[Problem]:
    """Everything that the rules find in a Program."""
    return [problem for rule in RULES for problem in rule(program)]
