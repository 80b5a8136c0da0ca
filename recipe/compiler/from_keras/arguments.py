"""What a Keras layer was made with, as a spec would write it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from recipe.catalog import lookup
from recipe.catalog.keras_classes import Default, KerasParameter, load

# What a spec says elsewhere, or Keras by itself.
_ELSEWHERE = frozenset({"name", "dtype", "trainable", "autocast"})
_KERNELS = ("kernel_initializer", "depthwise_initializer", "pointwise_initializer")
_FAMILIES = ("initializer", "regularizer", "constraint", "layer")


def written(layer: Any, init: Any) -> Mapping[str, Any]:
    """The arguments of a layer that differ from Keras's defaults.

    Args:
        layer: of a class of the catalog.
        init: what `init` says of all kernels, see `common_initializer`.
    """
    known = load().find("layer", type(layer).__name__)
    parameters = known.parameters if known else ()
    config = layer.get_config()
    found = {}
    for parameter in parameters:
        if parameter.name in _ELSEWHERE or parameter.name not in config:
            continue
        value = plain(config[parameter.name])
        usual = init if parameter.name in _KERNELS else _default(parameter)
        if parameter.required or value != usual:
            found[parameter.name] = value
    return {name: value for name, value in found.items() if (name, value) not in _implied(found)}


def _implied(found: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Arguments that Keras puts into a config and that follow from the others."""
    yield "data_format", "channels_last"
    for name, arguments in _objects(found.get("layer")):
        yield "backward_layer", {name: {**arguments, "go_backwards": True}}


def _objects(value: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if isinstance(value, Mapping):
        yield from ((name, arguments) for name, arguments in value.items() if isinstance(arguments, Mapping))


def common_initializer(layers: Sequence[Any]) -> Any:
    """The initializer of most kernels."""
    counts = Counter(repr(value) for value in _kernels(layers))
    values = {repr(value): value for value in _kernels(layers)}
    return values[counts.most_common(1)[0][0]] if counts else "GlorotUniform"


def _kernels(layers: Sequence[Any]) -> Iterator[Any]:
    for layer in layers:
        config = layer.get_config()
        yield from (plain(config[name]) for name in _KERNELS if config.get(name) is not None)


def plain(value: Any) -> Any:
    """A value of a config as a spec spells it: objects by name, pairs of equal numbers as one."""
    if isinstance(value, Mapping) and "class_name" in value:
        return _object(value["class_name"], value.get("config", {}))
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        items = [plain(item) for item in value]
        is_one = len(items) > 1 and all(item == items[0] for item in items) and isinstance(items[0], int)
        return items[0] if is_one else items
    return value


def _object(name: str, config: Any) -> Any:
    """An object inside a config: `HeNormal`, or `{TruncatedNormal: {stddev: 0.02}}`."""
    if not isinstance(config, Mapping):
        return config
    found = next((one for family in _FAMILIES if (one := load().find(family, name))), None)
    parameters = {one.name: one for one in found.parameters} if found else {}
    arguments = {
        key: value
        for key, item in config.items()
        if key in parameters and key not in _ELSEWHERE
        if (value := plain(item)) != _default(parameters[key]) or parameters[key].required
    }
    return {name: arguments} if arguments else name


def _default(parameter: KerasParameter) -> Any:
    """What Keras fills in, in the spelling of `plain`."""
    default: Default = parameter.default
    if isinstance(default, str) and parameter.holds in _FAMILIES:
        return lookup.alias_of(default) or default
    if parameter.holds == "activation" and default is None:
        return "linear"
    return plain(list(default)) if isinstance(default, tuple) else default
