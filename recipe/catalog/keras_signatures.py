"""How the classes of Keras are called: constructor and call signatures, base-class arguments included."""

import importlib
import inspect
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

# Base-class arguments that would be taken and then do nothing, or that ask for more than a spec has.
_NOT_INHERITED: Final = frozenset({"bounding_box_format", "factor", "oov_method", "score_mode"})

_VARIADIC: Final = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)

# Values with which the required arguments of layers and metrics can be filled; 2 does for all others.
_SAMPLES: Final[Mapping[str, object]] = MappingProxyType(
    {
        "activation": "relu",
        "dims": [1],
        "equation": "ab,bc->ac",
        "target_class_ids": [0],
        "target_shape": [2],
        **dict.fromkeys(("factor", "height_factor", "width_factor", "rate", "stddev"), 0.5),
        **dict.fromkeys(("precision", "recall", "sensitivity", "specificity"), 0.5),
    }
)

# What a constructor asks for although the argument has a default, or cannot do with on every machine.
_NEEDED_TOO: Final[Mapping[str, Mapping[str, object]]] = MappingProxyType(
    {
        "CategoryEncoding": {"num_tokens": 2},
        "Discretization": {"num_bins": 2},
        "GRU": {"use_cudnn": False},  # else `supports_jit` depends on the graphics card
        "LSTM": {"use_cudnn": False},
        "RandomPosterization": {"factor": 2},
        "STFTSpectrogram": {"window": None},  # named windows ask for scipy
    }
)


def own_parameters(target: Callable[..., Any]) -> dict[str, object]:
    """The arguments that a constructor or function names, with their defaults (`...` when required)."""
    return {
        name: ... if parameter.default is parameter.empty else parameter.default
        for name, parameter in inspect.signature(target).parameters.items()
        if parameter.kind not in _VARIADIC
    }


def constructor_parameters(name: str, class_: type) -> dict[str, object]:
    """The arguments of a layer's constructor, those that it hands on to its base classes included.

    Args:
        name: public name of the class.
        class_: the class; it is constructed once for each argument of its bases to see what it admits.
    """
    own = own_parameters(class_)
    inherited = {key: default for key, default in _inherited(class_).items() if key not in own}
    return own | {key: default for key, default in inherited.items() if _admits(name, class_, {key: default})}


def call_parameters(class_: type) -> dict[str, object]:
    """The arguments of a layer's `call`, with their defaults (`...` when required)."""
    parameters = own_parameters(class_.call)  # type: ignore[attr-defined]
    parameters.pop("self")
    return parameters


def construct(name: str, class_: type, arguments: Mapping[str, object] = MappingProxyType({})) -> Any:
    """A layer or metric made from as little as it needs, and from further arguments."""
    required = {key: _sample(name, key) for key, default in own_parameters(class_).items() if default is ...}
    return class_(**{**required, **_NEEDED_TOO.get(name, {}), **arguments})


def _sample(owner: str, name: str) -> object:
    layers = importlib.import_module("keras.layers")
    wrapped = layers.LSTM if owner == "Bidirectional" else layers.Dense
    makers: dict[str, Callable[[], object]] = {
        "cell": lambda: layers.LSTMCell(2),
        "cells": lambda: [layers.LSTMCell(2)],
        "layer": lambda: wrapped(2),
        "layers": lambda: [layers.Identity()],
    }
    return makers[name]() if name in makers else _SAMPLES.get(name, 2)


def _inherited(class_: type) -> dict[str, object]:
    """Optional arguments of the base classes, as long as each constructor takes `**kwargs`."""
    found: dict[str, object] = {}
    for base in class_.__mro__:
        constructor = base.__dict__.get("__init__")
        if constructor is None or base.__module__.split(".")[0] != "keras":
            continue
        signature = inspect.signature(constructor).parameters.values()
        for parameter in signature:
            if parameter.kind not in _VARIADIC and parameter.default is not parameter.empty:
                found.setdefault(parameter.name, parameter.default)
        if not any(parameter.kind is inspect.Parameter.VAR_KEYWORD for parameter in signature):
            break
    return {name: default for name, default in found.items() if name not in _NOT_INHERITED}


def _admits(name: str, class_: type, arguments: Mapping[str, object]) -> bool:
    try:
        construct(name, class_, arguments)
    except (TypeError, ValueError):
        return False
    return True
