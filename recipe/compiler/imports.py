"""Modules of the user: imported where somebody allowed it, their classes checked before one is built."""

import importlib
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import keras

from recipe.catalog.calls import calls_in
from recipe.catalog.imported import module_of
from recipe.diagnostics.imports import ImportFailed, NoRegisteredClass
from recipe.diagnostics.problems import Problem, RecipeError
from recipe.diagnostics.spans import Span
from recipe.program.programs import Program

# What an imported class must be, by the section that names it.
_PARTS_OF_LAYERS = (
    keras.Layer,
    keras.Initializer,
    keras.regularizers.Regularizer,
    keras.constraints.Constraint,
)
_KINDS: Mapping[str, tuple[type, ...]] = MappingProxyType(
    {
        "architecture": _PARTS_OF_LAYERS,
        "loss": (keras.Loss,),
        "metrics": (keras.Metric,),
        "init": (keras.Initializer,),
        "schedule": (keras.optimizers.schedules.LearningRateSchedule,),
        "training": (keras.callbacks.Callback,),
    }
)


def import_modules(program: Program) -> None:
    """Import the modules that a Program names; whoever calls this has been told that they may run.

    They are looked for where Python looks, and then beside the file that names them.

    Raises:
        RecipeError: R681 for a module that is not there or breaks off, R682 for a name that is no class of
            Keras that can be saved.
    """
    problems: list[Problem] = []
    span = program.spec.span_of("imports")
    folder = str(Path(span.source if span else "").absolute().parent)
    if folder not in sys.path:
        sys.path.append(folder)
    for module in program.imports:
        _import(module, span, problems)
    if not problems:
        _check_classes(program, problems)
    if problems:
        raise RecipeError(problems)


def _import(module: str, span: Span | None, problems: list[Problem]) -> None:
    try:
        importlib.import_module(module)
    except Exception as error:  # whatever the user's code raises, said at the row
        is_absent = isinstance(error, ModuleNotFoundError) and f"{module}.".startswith(f"{error.name}.")
        words = f"{type(error).__name__}: {error}"
        problems.append(ImportFailed(span, module, words, not is_absent))


def _check_classes(program: Program, problems: list[Problem]) -> None:
    for section, argument in program.spec.arguments.items():
        for call in calls_in(argument.value):
            kinds = _KINDS.get(section, ())
            if module_of(call.target) not in program.imports:
                continue
            found = registered_class(call.target)
            if found is None or not issubclass(found, kinds):
                names = tuple(kind.__name__ for kind in kinds)
                problems.append(NoRegisteredClass(call.origin.span, call.name, names))


def registered_class(target: str) -> Any:
    """The class behind a dotted name whose module is imported already; None for one that Keras does not know.

    Callbacks cannot be registered, since they are not saved.

    Args:
        target: such as `my_layers.Swish`.
    """
    module, _, name = target.rpartition(".")
    found = getattr(sys.modules.get(module), name, None)
    if not isinstance(found, type):
        return None
    if issubclass(found, keras.callbacks.Callback):
        return found
    registered = keras.saving.get_registered_object(keras.saving.get_registered_name(found))
    return found if registered is found else None
