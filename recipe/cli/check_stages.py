"""The stages of `recipe check` behind the first: what the data say, and what Keras says of the layers."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import StrEnum
from types import MappingProxyType

from recipe import api
from recipe.diagnostics.problems import Problem, RecipeError


class Stage(StrEnum):
    """How far a check goes; each stage does what those before it do."""

    SPEC = "spec"
    DATA = "data"
    SHAPES = "shapes"


NOT_CHECKED: Mapping[Stage, str] = MappingProxyType(
    {
        Stage.SPEC: "not checked: the data and the shapes of layers (`recipe plan SPEC` checks them)",
        Stage.DATA: "not checked: the shapes of layers (`recipe check --shapes SPEC` checks them)",
        Stage.SHAPES: "",
    }
)


def checked_further(checked: api.Checked, stage: Stage) -> tuple[api.Checked, int]:
    """Go on with a spec without errors, as far as a stage.

    Args:
        checked: what the spec alone says.
        stage: to go to.

    Returns:
        What was found behind the first stage, and the exit code.
    """
    found = replace(checked, problems=())
    if checked.spec is None or checked.program is None:
        return found, 1
    if stage is Stage.SPEC:
        return found, 0
    spec = api.Spec(checked.source, checked.spec, checked.program, checked.texts, checked.problems)
    try:
        return replace(found, problems=_new(_STAGES[stage](spec), checked)), 0
    except RecipeError as error:
        return replace(found, problems=_new(error.problems, checked)), error.exit_code


def _new(problems: tuple[Problem, ...], checked: api.Checked) -> tuple[Problem, ...]:
    return tuple(problem for problem in problems if problem not in checked.problems)


_STAGES: Mapping[Stage, Callable[[api.Spec], tuple[Problem, ...]]] = MappingProxyType(
    {
        Stage.DATA: lambda spec: api.prepare(spec).warnings,
        Stage.SHAPES: lambda spec: api.plan(spec).warnings,
    }
)
