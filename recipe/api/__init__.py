"""The Python interface, and what every command calls.

>>> import recipe
>>> spec = recipe.load("specs/digits-mlp.yaml", overrides=["training.epochs=3"])
>>> spec.program.training.epochs
3
"""

from recipe.api.caches import (
    limit_packs,
    packing_told_to,
    packs,
    packs_folder,
    packs_limit,
    remove_packs,
)
from recipe.api.checking import (
    Checked,
    DataError,
    Spec,
    block_page,
    check,
    explain,
    load,
    schema,
    settable_paths,
    source_page,
    text_of,
)
from recipe.api.ejecting import eject
from recipe.api.looking import Look, look
from recipe.api.meeting import Met, differing, meet, unlike
from recipe.api.models import from_keras
from recipe.api.options import FitOptions
from recipe.api.planning import Plan, Prepared, plan, prepare
from recipe.api.predicting import continue_text, predict, predictions, says_masks, writes_text
from recipe.api.reporting import Diff, Listed, compare, diff, report, runs
from recipe.api.runs import Standing, evaluate, status
from recipe.api.training import (
    Compilation,
    Run,
    compile,
    compile_prepared,
    fit,
    fit_prepared,
    last_words,
    own_process,
    resume,
)

__all__ = [
    "Checked",
    "Compilation",
    "DataError",
    "Diff",
    "FitOptions",
    "Listed",
    "Look",
    "Met",
    "Plan",
    "Prepared",
    "Run",
    "Spec",
    "Standing",
    "block_page",
    "check",
    "compare",
    "compile",
    "compile_prepared",
    "continue_text",
    "diff",
    "differing",
    "eject",
    "evaluate",
    "explain",
    "fit",
    "fit_prepared",
    "from_keras",
    "last_words",
    "limit_packs",
    "load",
    "look",
    "meet",
    "own_process",
    "packing_told_to",
    "packs",
    "packs_folder",
    "packs_limit",
    "plan",
    "predict",
    "predictions",
    "prepare",
    "remove_packs",
    "report",
    "resume",
    "runs",
    "says_masks",
    "schema",
    "settable_paths",
    "source_page",
    "status",
    "text_of",
    "unlike",
    "writes_text",
]
