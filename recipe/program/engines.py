"""Which engines and precisions go with which backend and strategy."""

import itertools
from collections.abc import Mapping

from recipe.diagnostics.conflicts_runs import StrategyRefuses
from recipe.diagnostics.engines import OnlyOnJax, OnlyOnTensorFlow, PartsDiffer
from recipe.diagnostics.problems import Problem
from recipe.program.per_core import PER_CORE, obstacles
from recipe.program.programs import Program
from recipe.program.sections import section
from recipe.program.strategies import DATA_PARALLEL, MIRRORED

# What only TensorFlow does, by key: the value, and what another backend takes in its place.
ONLY_ON_TENSORFLOW: Mapping[str, Mapping[str, str]] = {
    "precision": {"bfloat16_products": "mixed_bfloat16"},
    "engine": {"graph": "auto", "graph_fused": "auto", "per_core": "auto", "fit": "auto"},
    "strategy": {MIRRORED: DATA_PARALLEL},
}

# What cannot be shared over the devices of a mirrored strategy, and why.
NOT_MIRRORED: Mapping[str, str] = {
    "xla": "TensorFlow cannot compile by XLA what is summed over devices",
    PER_CORE: "cores share a batch in place of devices",
    "fit": "Keras hands each device a batch of its own, where a step is one batch that the devices share",
}


def check_engine(program: Program, problems: list[Problem]) -> None:
    """Refuse what the backend cannot do, and what cannot be shared over devices."""
    runtime, written = program.runtime, section(program.spec, "runtime")
    if runtime.backend != "tensorflow":
        for key, instead in ONLY_ON_TENSORFLOW.items():
            value = str(getattr(runtime, key))
            if value in instead:
                facts = (f"runtime.{key}", value, runtime.backend, instead[value])
                problems.append(OnlyOnTensorFlow(written.span_of(key), *facts))
    if runtime.engine == PER_CORE:
        found = ((call.origin.span, call.name, reason) for call, reason in obstacles(program))
        problems += [PartsDiffer(*one) for one in itertools.islice(found, 1)]
    if runtime.strategy == DATA_PARALLEL and runtime.backend != "jax":
        span = written.span_of("strategy")
        problems.append(OnlyOnJax(span, "runtime.strategy", DATA_PARALLEL, runtime.backend, MIRRORED))
    if runtime.strategy == MIRRORED and runtime.engine in NOT_MIRRORED:
        span, word = written.span_of("engine"), f"runtime.engine: {runtime.engine}"
        problems.append(StrategyRefuses(span, word, MIRRORED, NOT_MIRRORED[runtime.engine]))
