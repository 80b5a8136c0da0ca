"""What does not go together in a spec with other problems, so that all are told in one run."""

from collections.abc import Set

from recipe.catalog.calls import Call
from recipe.catalog.steps import LAYERS
from recipe.diagnostics.problems import Problem
from recipe.program.data_plans import data_plan
from recipe.program.initialization import initialize
from recipe.program.passes import fill_dropout
from recipe.program.schedules import settle_schedule
from recipe.program.sections import section
from recipe.program.settling import settle_training
from recipe.program.substitution import substitute_call
from recipe.program.wiring import wire


def find_conflicts(spec: Call, broken: Set[str], problems: list[Problem]) -> None:
    """Tell the conflicts between sections that have no problem of their own.

    Args:
        spec: from the resolver, with errors; what was wrong is left out of it.
        broken: names of the sections in which something was left out.
        problems: where conflicts go.
    """
    spec = substitute_call(spec, None, problems)
    if "data" not in broken:
        data_plan(spec, 0, problems)
    if "architecture" in spec and LAYERS not in broken:
        _conflicts_of_layers(spec, broken, problems)
    if "training" not in broken:
        training = settle_training(section(spec, "training"), None, problems)
        if not broken & {"schedule", "optimizer"}:
            settle_schedule(spec, section(spec, "optimizer"), training, None, problems)


def _conflicts_of_layers(spec: Call, broken: Set[str], problems: list[Problem]) -> None:
    graph = wire(section(spec, "architecture"), (), (), spec.span_of("architecture"), problems)
    if "architecture" in broken:
        return
    if "regularization" not in broken:
        graph = fill_dropout(graph, spec, problems)
    if "init" not in broken:
        init = spec.get("init")
        initialize(graph, init if isinstance(init, Call) else None, problems)
