"""The optimizer: schedule in, biases and norm parameters out of weight decay."""

import fnmatch
from collections.abc import Sequence
from typing import Any

import keras

from recipe.compiler import receipts
from recipe.compiler.constructing import construct
from recipe.compiler.groups import Groups
from recipe.components.reduced_rate import ReducedRate
from recipe.components.scheduled_optimizers import scheduled
from recipe.components.tuned_optimizers import Tuning, tuned
from recipe.diagnostics.problems import Problem
from recipe.program.programs import Program
from recipe.program.seeds import derive

# Last part of the paths of weights that decay never touches: biases, and scales and shifts of norms.
NEVER_DECAYED = frozenset({"bias", "gamma", "beta", "scale"})


def build_optimizer(program: Program, model: Any, groups: Groups, problems: list[Problem]) -> Any:
    """The optimizer of a Program, built for the weights of its network that are ever trained."""
    call = program.optimizer
    optimizer = construct(call, name=call.target.rpartition(".")[2].lower())
    receipts.compare(call, optimizer, problems)
    schedules = {name: construct(one) for name, one in program.settings.items()}
    tuning = tuning_of(program, groups)
    if tuning != Tuning():
        optimizer = tuned(optimizer, tuning, schedules)
    elif schedules:
        optimizer = scheduled(optimizer, schedules)
    if program.schedule is not None:
        schedule = construct(program.schedule)
        optimizer.learning_rate = schedule
        if isinstance(schedule, ReducedRate):
            schedule.build(optimizer)
    if program.decay is not None or groups.decays:
        patterns = program.decay.exclude if program.decay else ()
        excluded = [one for one in model.trainable_variables if not decays(one.path, patterns)]
        optimizer.exclude_from_weight_decay(var_list=excluded)
    if program.runtime.precision == "mixed_float16":
        optimizer = _loss_scaled(optimizer)
    optimizer.build(model.trainable_variables)
    return optimizer


def tuning_of(program: Program, groups: Groups) -> Tuning:
    """What the optimizer of a Program does beside what Keras's does."""
    update, decay = program.update, program.decay
    outputs = {wire.layer for wire in program.graph.outputs.values()}
    return Tuning(
        rates=groups.rates,
        decays=groups.decays,
        coupled=decay is not None and decay.coupled,
        adaptive_clip=update.adaptive_clip,
        unclipped_layers=tuple(sorted(outputs)) if update.adaptive_clip else (),
        noise=update.noise,
        noise_decay=update.noise_decay if update.noise else Tuning().noise_decay,
        noise_seed=derive(program.runtime.seed, "noise") % 2**31 if update.noise else 0,
        centralized=update.centralized,
        average_every=int(str(update.average_every)),
    )


def decays(path: str, exclude: Sequence[str]) -> bool:
    """Whether the weight of a path is subject to decay.

    Args:
        path: of the weight.
        exclude: further patterns over paths that are not.
    """
    excluded = any(fnmatch.fnmatchcase(path, pattern) for pattern in exclude)
    return not excluded and path.rpartition("/")[2] not in NEVER_DECAYED


def _loss_scaled(optimizer: Any) -> Any:
    return keras.optimizers.LossScaleOptimizer(optimizer, name="loss_scale_optimizer")
