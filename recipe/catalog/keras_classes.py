"""The classes of Keras that a spec may name: their constructor and call signatures, read without Keras.

The data lie in `keras-<minor>.json`, written by `python -m recipe.catalog.generate`.
"""

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

Default = None | bool | int | float | str | tuple["Default", ...]


@dataclass(frozen=True, slots=True)
class KerasParameter:
    """One argument of a class of Keras, or of its call.

    Args:
        name: as Keras calls it.
        holds: what it takes, a word of `keras_kinds.HOLDS`: `integer`, `initializer`, `layer` ...
        default: its default, lists as tuples; None when it is required.
        required: whether it has no default.
        nullable: whether None is admitted.
        choices: the words that are admitted; empty when there is no list of them.
        path: whether a string is read as a path.
        help: one line of Keras's documentation; may be empty.
    """

    name: str
    holds: str
    default: Default = None
    required: bool = False
    nullable: bool = False
    choices: tuple[str, ...] = ()
    path: bool = False
    help: str = ""


@dataclass(frozen=True, slots=True)
class KerasClass:
    """A class of Keras (or a function, for applications, activations and operations).

    Args:
        name: as on keras.io: `Conv2D`.
        family: `layer`, `optimizer`, `schedule`, `loss`, `metric`, `initializer`, `regularizer`,
            `constraint`, `callback`, `application`, `activation`, `op`.
        target: where it is imported from: `keras.layers.Conv2D`.
        parameters: of the constructor in its order, those of base classes last. Of activations and
            operations: all but the first, which is the tensor they work on.
        call_parameters: of a layer's call, all but the first input.
        inputs: the tensors that must be there, in the order of the call (`query`, `value`).
        takes_list: whether the first of these takes a list of tensors.
        supports_jit: whether a layer lets XLA compile the model. LSTM and GRU do not under TensorFlow on a
            graphics card, where they use cuDNN.
        direction: of metrics and losses, `max` or `min` when one is better; else None.
        help: the first line of its documentation.
    """

    name: str
    family: str
    target: str
    parameters: tuple[KerasParameter, ...] = ()
    call_parameters: tuple[KerasParameter, ...] = ()
    inputs: tuple[str, ...] = ()
    takes_list: bool = False
    supports_jit: bool = True
    direction: str | None = None
    help: str = ""

    def parameter(self, name: str) -> KerasParameter | None:
        """The constructor's argument of a name, or None."""
        return next((parameter for parameter in self.parameters if parameter.name == name), None)

    def call_parameter(self, name: str) -> KerasParameter | None:
        """The call's argument of a name, or None."""
        return next((parameter for parameter in self.call_parameters if parameter.name == name), None)

    @property
    def slots(self) -> tuple[str, ...]:
        """The weights that have an initializer of their own: `kernel`, `bias`."""
        names = (parameter.name for parameter in self.parameters if parameter.holds == "initializer")
        return tuple(name.removesuffix("_initializer") for name in names)

    @property
    def has_seed(self) -> bool:
        """Whether it draws random numbers from a `seed`."""
        return self.parameter("seed") is not None


@dataclass(frozen=True, slots=True, eq=False)
class KerasCatalog:
    """Every class of one minor version of Keras.

    Args:
        version: `3.15`.
        aliases: other public names (`Convolution2D`, `mse`) to the one that is used; for suggestions only.
        families: the entries of the file by family and name.
    """

    version: str
    aliases: Mapping[str, str]
    families: Mapping[str, Mapping[str, Mapping[str, Any]]]
    _found: dict[tuple[str, str], KerasClass] = field(default_factory=dict, repr=False)

    def find(self, family: str, name: str) -> KerasClass | None:
        """The class of a name in a family, or None."""
        entry = self.families.get(family, {}).get(name)
        if entry is None:
            return None
        key = (family, name)
        if key not in self._found:
            self._found[key] = _class(family, name, entry)
        return self._found[key]

    def names(self, family: str) -> tuple[str, ...]:
        """Every name of a family, in alphabetical order; empty for a family that there is not."""
        return tuple(self.families.get(family, ()))

    def families_of(self, name: str) -> tuple[str, ...]:
        """The families that have a name: `("loss", "metric")` for `Poisson`."""
        return tuple(family for family, entries in self.families.items() if name in entries)

    @property
    def activations(self) -> tuple[str, ...]:
        """The names that an `activation` takes."""
        return self.names("activation")


@functools.cache
def load() -> KerasCatalog:
    """The catalog of the newest minor version of Keras that has a file."""
    newest = max(Path(__file__).parent.glob("keras-*.json"), key=_version)
    content = json.loads(newest.read_bytes())
    return KerasCatalog(
        content["keras"], MappingProxyType(content["aliases"]), MappingProxyType(content["families"])
    )


def _version(path: Path) -> tuple[int, ...]:
    return tuple(int(part) for part in path.stem.removeprefix("keras-").split("."))


def _class(family: str, name: str, entry: Mapping[str, Any]) -> KerasClass:
    return KerasClass(
        name=name,
        family=family,
        target=entry["target"],
        parameters=tuple(_parameter(item) for item in entry.get("parameters", ())),
        call_parameters=tuple(_parameter(item) for item in entry.get("call", ())),
        inputs=tuple(entry.get("inputs", ())),
        takes_list=entry.get("takes_list", False),
        supports_jit=entry.get("supports_jit", True),
        direction=entry.get("direction"),
        help=entry["help"],
    )


def _parameter(item: Mapping[str, Any]) -> KerasParameter:
    default = _frozen(item.get("default"))
    required = "default" not in item
    return KerasParameter(
        name=item["name"],
        holds=item["holds"],
        default=default,
        required=required,
        nullable=item.get("null", False) or (default is None and not required),
        choices=tuple(item.get("choices", ())),
        path=item.get("path", False),
        help=item.get("help", ""),
    )


def _frozen(value: Any) -> Default:
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value
