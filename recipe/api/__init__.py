"""The Python interface, and what every command calls.

>>> import recipe
>>> spec = recipe.load("specs/digits-mlp.yaml", overrides=["training.epochs=3"])
>>> spec.program.training.epochs
3
"""

from recipe.api.checking import (
    Checked,
    DataError,
    Spec,
    check,
    explain,
    load,
    schema,
    settable_paths,
    text_of,
)
from recipe.api.planning import Plan, Prepared, plan, prepare
from recipe.api.runs import Standing, evaluate, predict, status
from recipe.api.training import (
    Compilation,
    FitOptions,
    Run,
    check_folder,
    compile,
    compile_prepared,
    equal_run,
    fit,
    fit_prepared,
    resume,
    unfinished_run,
)

__all__ = [
    "Checked",
    "Compilation",
    "DataError",
    "FitOptions",
    "Plan",
    "Prepared",
    "Run",
    "Spec",
    "Standing",
    "check",
    "check_folder",
    "compile",
    "compile_prepared",
    "equal_run",
    "evaluate",
    "explain",
    "fit",
    "fit_prepared",
    "load",
    "plan",
    "predict",
    "prepare",
    "resume",
    "schema",
    "settable_paths",
    "status",
    "text_of",
    "unfinished_run",
]
