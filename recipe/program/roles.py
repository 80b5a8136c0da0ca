"""Roles of columns that exclude each other, as far as a plan of the data says them."""

from collections.abc import Collection

from recipe.catalog.calls import Call
from recipe.diagnostics.data import TwoRoles
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span
from recipe.program.plans import DataPlan

SAME = "same"  # the kind of a target that is its own feature
_CORPUS = "corpus"  # the source whose target is its feature, one position later


def span_of(name: str, kind: Call | None, plan: DataPlan) -> Span | None:
    """Where the kind of a column was written, of a target its name, else the section."""
    key = "target" if name in plan.targets else ""
    return (kind.origin.span if kind is not None else None) or plan.span_of(key)


def refuse_written_roles(plan: DataPlan, problems: list[Problem]) -> None:
    """Tell the two roles that a plan alone gives to one column, before the data are read; R523.

    Args:
        plan: of the data; where it leaves the target to the source, nothing is known of that.
        problems: where problems go.
    """
    is_corpus = any(source.name == _CORPUS for source in plan.sources.values())
    other = (name for name, kind in plan.targets.items() if kind is None or kind.name != SAME)
    refuse_two_roles([] if is_corpus else list(other), plan, problems)


def refuse_two_roles(targets: Collection[str], plan: DataPlan, problems: list[Problem]) -> None:
    """Tell each column that has two roles; R523.

    Args:
        targets: those that are not features too.
        plan: of the data.
        problems: where problems go.
    """
    for name in targets:
        if name in plan.features:
            problems.append(
                TwoRoles(span_of(name, plan.features[name], plan), name, "the target", "a feature")
            )
        if name in plan.ignore:
            problems.append(TwoRoles(plan.span_of("ignore"), name, "the target", "ignored"))
        if name == plan.weight:
            problems.append(
                TwoRoles(plan.span_of("weight"), name, "the target", "the weight of the examples")
            )
    for name, kind in plan.features.items():
        if name == plan.weight:
            problems.append(
                TwoRoles(span_of(name, kind, plan), name, "a feature", "the weight of the examples")
            )
        if name in plan.ignore and name not in targets:
            problems.append(TwoRoles(span_of(name, kind, plan), name, "a feature", "ignored"))
