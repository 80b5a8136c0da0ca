"""A plan as plain data: what `recipe plan --json` writes and the text draws."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from recipe import api
from recipe.cli.plan_speed import Speed
from recipe.program.facts import Facts
from recipe.program.history import entries, spell
from recipe.program.programs import Program
from recipe.program.update_data import update_data

if TYPE_CHECKING:
    from recipe.catalog.calls import Call

NEVER_DECAYED = ("biases", "norm parameters")


def plan_data(plan: api.Plan, speed: Speed | None = None) -> Mapping[str, Any]:
    """What a spec would do.

    Args:
        plan: from `api.plan`.
        speed: how fast it would be trained; None leaves its time out.

    Returns:
        Only mappings, lists, texts, numbers, booleans and None. Shapes are without the batch,
        `flops` and `kept_bytes` of a layer are of one example, and memory is in bytes on each device.
    """
    program = plan.program
    return {
        "name": program.name,
        "layers": [_layer(row) for row in plan.layers],
        "weights": [asdict(row) | {"shape": list(row.shape)} for row in plan.weights],
        "parameters": plan.parameters,
        "trainable": plan.trainable,
        "flops": {
            "forward_per_example": plan.budget.forward_flops,
            "step": plan.budget.step_flops,
            "run": plan.budget.run_flops,
            "uncounted": list(plan.budget.uncounted),
        },
        "memory": {
            "devices": plan.budget.devices,
            **asdict(plan.budget.memory),
            "total": plan.budget.memory.total,
            "in_float32": plan.float32_bytes,
            "streams": plan.streams,
        },
        "data": None if program.facts is None else _data(program.facts),
        "batch": {
            "examples": program.training.batch_size,
            "parts": program.training.accumulate,
            "steps": [{"does": spell(step.call), "when": str(step.phase)} for step in program.batch],
        },
        "training": {
            "epochs": program.training.epochs,
            "steps_per_epoch": program.training.steps_per_epoch,
            "total_steps": program.training.total_steps,
            "sampling": program.training.sampling,
            "validate_every": program.training.validate_every,
            "minutes": program.training.minutes,
            "stop_at": {goal.metric: goal.value for goal in program.goals},
            "examples": plan.budget.examples,
        },
        "time": None if speed is None else speed.time_of(plan.budget),
        "learning_rate": [{"step": step, "value": value} for step, value in plan.rates.items()],
        **_objective(program),
        **update_data(program, plan.groups),
        "runtime": {
            name: getattr(program.runtime, name)
            for name in program.runtime.__slots__
            if name != "precision_reason"  # stands under `auto`
        },
        "auto": _decided(program),
    }


def _layer(row: Any) -> Mapping[str, Any]:
    return {
        "name": row.name,
        "class": row.kind,
        "shape": row.shape,
        "parameters": row.parameters,
        "trainable": row.trainable,
        "flops": row.flops,
        "kept_bytes": row.kept_bytes,
        "file": row.span.source if row.span else None,
        "line": row.span.line if row.span else None,
    }


def _data(facts: Facts) -> Mapping[str, Any]:
    return {
        "examples": dict(facts.examples),
        "inputs": {
            name: {"shape": list(fact.shape), "dtype": fact.dtype} for name, fact in facts.inputs.items()
        },
        "features": [
            {"name": column.name, "kind": column.kind, "width": column.width, "reason": column.reason}
            for column in facts.columns
        ],
        "targets": [
            {
                "name": target.name,
                "kind": "mask" if target.is_mask else target.kind,
                "reason": target.reason,
                "classes": list(target.classes),
                "counts": list(target.counts),
            }
            for target in facts.targets
        ],
        "weights": facts.weights and asdict(facts.weights),
        "fingerprint": facts.fingerprint,
    }


def _objective(program: Program) -> Mapping[str, Any]:
    stopping, decay = program.early_stopping, program.decay
    return {
        "loss": _losses(program),
        "metrics": [{"name": metric["name"], "class": _spelled(metric)} for metric in program.metrics],
        "optimizer": _spelled(program.optimizer),
        "schedule": None if program.schedule is None else _spelled(program.schedule),
        "settings": {name: _spelled(schedule) for name, schedule in program.settings.items()},
        "weight_decay": decay
        and {
            "value": decay.value,
            "coupled": decay.coupled,
            "excluded": [*NEVER_DECAYED, *decay.exclude],
        },
        "early_stopping": stopping
        and {"metric": stopping.metric, "direction": stopping.direction, "patience": stopping.patience},
        "best": {"metric": program.monitor.metric, "direction": program.monitor.direction},
    }


def _losses(program: Program) -> str:
    """The loss; of several targets the weighted sum."""
    if len(program.objectives) == 1:
        return _spelled(program.loss)
    return " + ".join(f"{one.weight:g} x {_spelled(one.loss)} of {one.target}" for one in program.objectives)


def _spelled(call: "Call") -> str:
    """A Call without its name argument, which the plan says elsewhere."""
    return spell(call.without("name"))


def _decided(program: Program) -> list[Mapping[str, str]]:
    """What an `auto` became in the layers, and of the precision; other rows say what it became themselves."""
    places = {*(layer.name for layer in program.graph.layers), "settled.runtime"}
    return [
        {"path": entry.path, "value": entry.value, "reason": entry.reason}
        for entry in entries(program)
        if "auto" in entry.reason and entry.path.rpartition(".")[0] in places
    ]
