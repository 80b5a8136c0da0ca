"""What is minimized and measured at each output of the network."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from recipe.catalog.calls import Argument, Call, Value
from recipe.diagnostics.conflicts import OneForSeveral, UnknownTarget
from recipe.diagnostics.problems import Problem
from recipe.program.batch_steps import mixes
from recipe.program.facts import Facts
from recipe.program.graphs import Graph
from recipe.program.objectives import Objectives, check_names, ends_in_logits, kinds_of, settle
from recipe.program.positions import misfits, over_positions, positions_of
from recipe.program.programs import Objective
from recipe.program.sections import section

AUTO = "auto"


@dataclass(frozen=True, slots=True)
class Outputs:
    """Every objective, and the metrics that a run may log as far as the kinds of the targets are known."""

    objectives: tuple[Objective, ...]
    loggable: tuple[Call, ...]


def settle_outputs(spec: Call, graph: Graph, facts: Facts | None, problems: list[Problem]) -> Outputs:
    """Loss and metrics of every output, each named after its target where there are several.

    Args:
        spec: the checked spec.
        graph: the network, heads settled.
        facts: None while the data is not read.
        problems: where problems go.
    """
    names = tuple(graph.outputs) or ("",)
    known = names if facts or section(spec, "data").get("target") else ()
    losses = _by_output(spec, "loss", names, known, problems)
    metrics = _by_output(spec, "metrics", names, known, problems)
    kinds = {name: _kinds(spec, name, facts) for name in names}
    mixed = mixes(section(spec, "regularization"))
    smoothing = _smoothing(section(spec, "regularization"), kinds)
    objectives: list[Objective] = []
    loggable: list[Call] = []
    for name in names:
        logits = bool(graph.layers) and ends_in_logits(graph, name)
        positions = positions_of(spec, name, facts)
        if positions is not None:
            problems += misfits(spec, losses[name], metrics[name], positions)
        found = settle(
            losses[name], metrics[name], smoothing.get(name), kinds[name], logits, problems, mixed=mixed
        )
        found = found if positions is None else over_positions(found, positions)
        found = _named_after(name, found) if len(names) > 1 else found
        weight = found.loss.get("weight")
        objectives.append(
            Objective(
                name,
                found.loss.without("weight"),
                found.metrics,
                float(weight) if isinstance(weight, int | float) else 1.0,
                found.one_hot,
            )
        )
        loggable += found.loggable
    check_names(tuple(metric for objective in objectives for metric in objective.metrics), problems)
    return Outputs(tuple(objectives), tuple(loggable))


def _kinds(spec: Call, name: str, facts: Facts | None) -> tuple[str, ...]:
    """The kinds that the target of an output may have."""
    targets = facts.targets if facts else ()
    target = next((one for one in targets if one.name == name), targets[0] if targets else None)
    written = section(spec, "data").get("target")
    if isinstance(written, Mapping) and name in written:
        written = {name: written[name]}
    return kinds_of(target, written)


def _by_output(
    spec: Call, section_name: str, names: tuple[str, ...], known: tuple[str, ...], problems: list[Problem]
) -> Mapping[str, Value]:
    """What is written for each output; `auto` where nothing is."""
    written = spec[section_name]
    if not isinstance(written, Mapping):
        if written != AUTO and len(names) > 1:
            problems.append(OneForSeveral(spec.span_of(section_name), section_name, names))
        return dict.fromkeys(names, written)
    if known:
        unknown = (name for name in written if name not in known)
        problems += [UnknownTarget(spec.span_of(section_name), name, known) for name in unknown]
    elif len(names) == len(written) == 1:  # a target that the source will name
        return dict(zip(names, written.values(), strict=True))
    return {name: written.get(name, AUTO) for name in names}


def _smoothing(regularization: Call, kinds: Mapping[str, tuple[str, ...]]) -> Mapping[str, Argument]:
    """Label smoothing of the outputs that have labels; of all where none has, for the message."""
    smoothing = regularization.arguments.get("label_smoothing")
    if smoothing is None or not smoothing.value:
        return {}
    labelled = [name for name, possible in kinds.items() if possible != ("number",)]
    return dict.fromkeys(labelled or kinds, smoothing)


def _named_after(target: str, found: Objectives) -> Objectives:
    """Metrics that are named after their target: `a_accuracy`."""
    return replace(
        found,
        metrics=tuple(_prefixed(target, metric) for metric in found.metrics),
        loggable=tuple(_prefixed(target, metric) for metric in found.loggable),
    )


def _prefixed(target: str, metric: Call) -> Call:
    named = metric.arguments["name"]
    return metric.with_argument("name", f"{prefix_of(target)}{named.value}", named.origin)


def prefix_of(target: str) -> str:
    """What stands before the names of metrics of a target, where there are several: `a_`."""
    return re.sub(r"\W+", "_", target) + "_"
