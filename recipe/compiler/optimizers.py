"""The optimizer: schedule in, biases and norm parameters out of weight decay."""

import fnmatch
from typing import Any

import keras

from recipe.compiler import receipts
from recipe.compiler.constructing import construct
from recipe.components.reduced_rate import ReducedRate
from recipe.components.scheduled_optimizers import scheduled
from recipe.diagnostics.problems import Problem
from recipe.program.programs import Decay, Program

# Last part of the paths of weights that decay never touches: biases, and scales and shifts of norms.
NEVER_DECAYED = frozenset({"bias", "gamma", "beta", "scale"})


def build_optimizer(program: Program, model: Any, problems: list[Problem]) -> Any:
    """The optimizer of a Program, built for the weights of its network."""
    call = program.optimizer
    optimizer = construct(call, name=call.target.rpartition(".")[2].lower())
    receipts.compare(call, optimizer, problems)
    if program.settings:
        optimizer = scheduled(optimizer, {name: construct(one) for name, one in program.settings.items()})
    if program.schedule is not None:
        schedule = construct(program.schedule)
        optimizer.learning_rate = schedule
        if isinstance(schedule, ReducedRate):
            schedule.build(optimizer)
    if program.decay is not None:
        excluded = [weight for weight in model.trainable_variables if not decays(weight.path, program.decay)]
        optimizer.exclude_from_weight_decay(var_list=excluded)
    if program.runtime.precision == "mixed_float16":
        optimizer = _loss_scaled(optimizer)
    optimizer.build(model.trainable_variables)
    return optimizer


def decays(path: str, decay: Decay) -> bool:
    """Whether the weight of a path is subject to decay."""
    excluded = any(fnmatch.fnmatchcase(path, pattern) for pattern in decay.exclude)
    return not excluded and path.rpartition("/")[2] not in NEVER_DECAYED


def _loss_scaled(optimizer: Any) -> Any:
    return keras.optimizers.LossScaleOptimizer(optimizer, name="loss_scale_optimizer")
