"""What is known of the target, and of what is minimized and logged, before and after the data is read."""

from recipe.catalog.calls import Call
from recipe.program.data_plans import has_validation
from recipe.program.monitoring import Log
from recipe.program.objectives import OBJECTIVES, kinds_of
from recipe.program.outputs import prefix_of
from recipe.program.programs import Program
from recipe.program.sections import section


def kind_of_target(program: Program) -> str | None:
    """The kind of the one target; None of several, or while nobody said and the data is not read."""
    if len(program.objectives) > 1:
        return None
    facts = program.facts
    target = facts.targets[0] if facts and facts.targets else None
    kinds = kinds_of(target, section(program.spec, "data").get("target"))
    return kinds[0] if len(kinds) == 1 else None


def known_loss(program: Program) -> Call | None:
    """The loss; None of several, or while it follows a target that is not known."""
    if len(program.objectives) > 1:
        return None
    written = isinstance(program.spec["loss"], Call)
    return program.loss if written or kind_of_target(program) else None


def log_of(program: Program) -> Log:
    """What the run logs; all that it may log while the kind of the target is not known."""
    log = Log.of(program.metrics, validation=has_validation(program.data, program.facts))
    if kind_of_target(program) or isinstance(program.spec["metrics"], tuple):
        return log
    prefixes = [prefix_of(one.target) for one in program.objectives] if len(program.objectives) > 1 else [""]
    asked = [name for defaults in OBJECTIVES.values() for _, name in defaults.metrics]
    names = [prefix + name for prefix in prefixes for name in asked]
    if has_validation(program.data, program.facts):
        names += [f"val_{name}" for name in names]
    return Log(log.metrics, tuple(dict.fromkeys((*log.names, *names))))
