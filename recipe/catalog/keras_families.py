"""Which classes and functions of the installed Keras a spec may name, and which not, with the reason."""

import importlib
import inspect
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Family:
    """A family: the subclasses of one base in one public module, or the functions of a module.

    Args:
        name: `layer`.
        module: where Keras exports them.
        base: name of the base class in that module, not in the family itself; empty for functions.
    """

    name: str
    module: str
    base: str = ""


FAMILIES: Final = (
    Family("activation", "keras.activations"),
    Family("application", "keras.applications"),
    Family("callback", "keras.callbacks", "Callback"),
    Family("constraint", "keras.constraints", "Constraint"),
    Family("initializer", "keras.initializers", "Initializer"),
    Family("layer", "keras.layers", "Layer"),
    Family("loss", "keras.losses", "Loss"),
    Family("metric", "keras.metrics", "Metric"),
    Family("op", "keras.ops"),
    Family("optimizer", "keras.optimizers", "Optimizer"),
    Family("regularizer", "keras.regularizers", "Regularizer"),
    Family("schedule", "keras.optimizers.schedules", "LearningRateSchedule"),
)

_NOT_A_LAYER: Final = "takes or gives something else than a layer does"

# Why a public name of Keras is not in the catalog.
LEFT_OUT: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "activation": {"threshold": "needs arguments, and activations are named without"},
        "callback": {
            "CallbackList": "holds callbacks, is none",
            "LambdaCallback": "carries code",
            "LearningRateScheduler": "carries code",
            "RemoteMonitor": "sends to an address of the spec's choice",
            "SwapEMAWeights": "swaps what `regularization.ema` swaps already",
            "TensorBoard": "writes files without being told where",
        },
        "layer": {
            "FlaxLayer": "carries code",
            "InputLayer": "is declared by `architecture.inputs`",
            "JaxLayer": "carries code",
            "Lambda": "carries code",
            "TFSMLayer": "carries code",
            "TorchModuleWrapper": "carries code",
            "Wrapper": "is abstract: it has no call",
        },
        "metric": {"MeanMetricWrapper": "carries code"},
        "op": {
            "vander": "has an argument in capitals, where a class would stand",
            **dict.fromkeys(
                ("associative_scan", "cond", "custom_gradient", "fori_loop", "jvp"), "carries code"
            ),
            **dict.fromkeys(
                ("map", "scan", "switch", "vectorize", "vectorized_map", "while_loop"), "carries code"
            ),
            **dict.fromkeys(
                ("convert_to_numpy", "dtype", "is_tensor", "ndim", "shape", "size"), _NOT_A_LAYER
            ),
            **dict.fromkeys(("arange", "array", "convert_to_tensor", "empty", "eye", "full"), _NOT_A_LAYER),
            **dict.fromkeys(
                ("geomspace", "identity", "linspace", "logspace", "ones", "tri", "zeros"), _NOT_A_LAYER
            ),
            **dict.fromkeys(("bartlett", "blackman", "hamming", "hanning", "kaiser"), _NOT_A_LAYER),
            **dict.fromkeys(("einsum", "meshgrid", "select"), _NOT_A_LAYER),
        },
        "optimizer": {"MultiOptimizer": "takes an OptimizerMap, which a spec cannot write"},
    }
)

# Arguments that only Python objects fill, or that Keras itself fills when it reloads a model.
UNWRITABLE: Final = frozenset(
    {"Bidirectional.weights", "gptq_unpacked_column_size", "input_tensor", "quantization_config"}
)

_LISTS: Final = frozenset(
    {
        "AdditiveAttention",  # [query, value] or [query, value, key]
        "Attention",  # likewise
        "HashedCrossing",  # the features that are crossed
        "concatenate",
        "dstack",
        "hstack",
        "stack",
        "vstack",
    }
)

# Required arguments of operations that are tensors, beside the first.
_TENSORS: Final = frozenset(
    {
        *(
            "angle",
            "b",
            "depthwise_kernel",
            "kernel",
            "key",
            "mean",
            "output",
            "output_length",
            "pointwise_kernel",
        ),
        *("predictions", "segment_ids", "sequence_lengths", "target_length", "updates", "value", "values"),
        *("variance", "x2", "y"),
    }
)

_SHORT_LOSSES: Final = ("bce", "kld", "mae", "mape", "mse", "msle")


def members(family: Family) -> tuple[dict[str, Any], dict[str, str]]:
    """The classes or functions of a family by their name on keras.io, and the other public names of each."""
    module = importlib.import_module(family.module)
    names: dict[Any, list[str]] = defaultdict(list)
    for name, value in sorted(vars(module).items()):
        if _belongs(value, name, getattr(module, family.base) if family.base else None):
            names[value].append(name)
    found: dict[str, Any] = {}
    aliases: dict[str, str] = {}
    for value, public in names.items():
        # GroupedQueryAttention is exported as GroupQueryAttention only.
        name = value.__name__ if value.__name__ in public else public[0]
        if name not in LEFT_OUT.get(family.name, {}):
            found[name] = value
            aliases |= {alias: name for alias in public if alias != name}
    return dict(sorted(found.items())), aliases


def loss_functions(losses: Sequence[str]) -> dict[str, str]:
    """The classes behind the functions of `keras.losses`, and behind their short names (`mse`)."""
    module = importlib.import_module("keras.losses")
    functions = {_snake(name): name for name in losses if hasattr(module, _snake(name))}
    return functions | {short: functions[module.get(short).__name__] for short in _SHORT_LOSSES}


def inputs(parameters: Mapping[str, object]) -> list[str]:
    """The tensors that an operation must be given: its first argument, and others that are required."""
    required = [name for name, default in parameters.items() if default is ...]
    return [required[0], *(name for name in required[1:] if name in _TENSORS)]


def takes_list(name: str, value: Callable[..., Any]) -> bool:
    """Whether the first argument of a layer's call, or of an operation, is a list of tensors."""
    bases = value.__mro__ if inspect.isclass(value) else ()
    return name in _LISTS or any(base.__name__ == "Merge" for base in bases)


def _belongs(value: object, name: str, base: type | None) -> bool:
    if base is None:
        return inspect.isfunction(value) and name not in ("deserialize", "get", "serialize")
    return inspect.isclass(value) and issubclass(value, base) and value is not base


def _snake(name: str) -> str:
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", re.sub(r"(.)([A-Z][a-z0-9]+)", r"\1_\2", name)).lower()
