"""Specs with one change each, on which the checker and the JSON Schema must agree."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

from recipe.language.nodes import ListNode, Node, ScalarNode
from recipe.language.reader import read
from recipe.language.scalars import resolve

SPECS = Path(__file__).parents[2] / "specs"

# What the shipped specs leave out.
FURTHER = (
    """
recipe: 1
extends: digits-mlp
optimizer: {AdamW: {learning_rate: 0.01}}
regularization: {weight_decay: 0.1}
architecture: [Flatten, {Dense: {units: 10, activation: relu, dtype: float32}}, head]
""",
    """
recipe: 1
name: tables
vars: {width: 8, sizes: [3, 5], shown: true}
data:
  train: {csv: {path: train.csv, separator: ";", header: true}}
  validation: {npz: {path: validation.npz, features: x, target: y}}
  target: {output: category}
  features: {age: number, colour: {category: {missing: drop}}}
  ignore: [name]
  missing: median
  split: {validation: 100, test: 10%, group: colour}
architecture:
  layers:
    - Dense: $width
      as: wide
    - Bidirectional: {LSTM: {units: "${width * 2}", kernel_initializer: {HeNormal: {seed: 1}}}}
      call: {training: true}
      when: $shown
    - MultiHeadAttention: {num_heads: 2, key_dim: "${sizes[0]}"}
      from: {query: wide, value: wide}
    - Flatten:
      as: flat
    - Add:
      from: [wide, flat]
    - head
loss: {CategoricalCrossentropy: {axis: -1}, as: main}
metrics: [accuracy, {F1Score: {average: macro}, as: f1}]
init: {default: HeNormal, match: {"dense/kernel": {Constant: 0.5}}}
optimizer: Adam
schedule: {CosineDecay: {initial_learning_rate: 0.1, decay_steps: 100}}
regularization:
  weight_decay: {value: 0.01, exclude: ["norm*"]}
  early_stopping: {patience: 5 epochs, metric: auto, after: 2 epochs}
  augmentation: off
  gradient_clip: 1.0
training: {steps: 100, callbacks: [TerminateOnNaN]}
monitor: {best: {max: f1}}
runtime: {precision: auto, deterministic: true, engine: graph}
""",
)


class Plain(str):
    """Text that is written as it is, without quotes that it would need."""


class Quoted(str):
    """Text in quotes that it would not need."""


@dataclass(frozen=True)
class Case:
    """A spec with one change.

    Args:
        name: the path and the change: `training.epochs: a quoted number`.
        data: the changed spec; `Plain` and `Quoted` say how a text is written.
    """

    name: str
    data: Any


VALUES: Mapping[str, Any] = {
    "a word": "many",
    "a flag": True,
    "-1": -1,
    "0": 0,
    "0.5": 0.5,
    "1.5": 1.5,
    "3": 3,
    "10**12": 10**12,
    "a quoted number": Quoted("3"),
    "10%": "10%",
    "2 epochs": "2 epochs",
    "0 steps": "0 steps",
    "null": None,
    "off": "off",
    "auto": "auto",
    "an empty list": [],
    "a list": [1, 2],
    "an empty mapping": {},
    "a mapping": {"value": 1},
    "an object": {"HeNormal": {}},
}

# What no schema can tell apart, a few of each.
INDISTINCT: Mapping[str, Any] = {
    "recipe: 1.0": Plain("1.0"),
    "architecture.layers[].MultiHeadAttention.num_heads: 2.0": Plain("2.0"),
    "regularization.gradient_clip: infinite": Plain(".inf"),
    "init.match.dense/kernel.Constant: infinite": Plain(".inf"),
    "data.train.csv.separator: nothing": Plain(""),
    "architecture.layers[].call.training: nothing": Plain(""),
    "init.match.dense/kernel.Constant: null": None,
    "data.split.validation: a quoted off": Quoted("off"),
    "loss: a quoted off": Quoted("off"),
    "runtime.engine: a number as expression": "${1 + 2}",
    "training.steps: a fact of the data": "${data.examples}",
    "data.split.test: an unknown variable": "$missing",
    "vars.width: a text": "wide",
    "optimizer: the inherited name left out": {"learning_rate": 0.1},
    "regularization.weight_decay: the inherited value left out": {"exclude": []},
}

KEYS: Mapping[str, Callable[[str], str]] = {
    "misspelt": lambda key: f"{key[:-2]}{key[-1]}{key[-2:-1]}",
    "cut short": lambda key: key[:-1],
    "in capitals": lambda key: key.upper(),
}


def cases() -> tuple[Case, ...]:
    """Every spec, and many single changes of it; what was changed in an earlier spec is not changed again."""
    found = {title(data): Case(title(data), data) for data in specs()}
    drawn = [(data, _distinct) for data in specs()] + [(_parsed(text), _indistinct) for text in FURTHER]
    for data, draw in drawn:
        for path, change, changed in _changes(data, draw):
            name = f"{'.'.join(path) or 'spec'}: {change}"
            found.setdefault(name, Case(name, changed))
    return tuple(found.values())


def specs() -> tuple[dict[str, Any], ...]:
    """Some specs that use what the shipped ones leave out, and these."""
    shipped = (path.read_text(encoding="utf-8") for path in sorted(SPECS.glob("*.yaml")))
    return tuple(_parsed(text) for text in (*FURTHER, *shipped))


def title(spec: Mapping[str, Any]) -> str:
    """What a spec is called here."""
    return spec.get("name") or f"extends {spec['extends']}"


def _parsed(text: str) -> dict[str, Any]:
    document = read(text, "<spec>", [])
    assert document is not None
    found = _plain(document.root)
    assert isinstance(found, dict)
    return found


def _plain(node: Node) -> Any:
    if isinstance(node, ScalarNode):
        return node.value
    if isinstance(node, ListNode):
        return [_plain(item) for item in node.items]
    return {pair.key: _plain(pair.value) for pair in node.pairs}


def written(value: Any) -> str:
    """A value as YAML, on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{written(key)}: {written(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(written(item) for item in value) + "]"
    if isinstance(value, Plain):
        return str(value)
    is_word = isinstance(value, str) and re.fullmatch(r"[\w$][\w$%./ -]*", value) and resolve(value) == value
    return value if is_word and not isinstance(value, Quoted) else json.dumps(value)


def read_back(value: Any) -> Any:
    """A value as an editor hands it to the JSON Schema."""
    if isinstance(value, dict):
        return {key: read_back(item) for key, item in value.items()}
    if isinstance(value, list):
        return [read_back(item) for item in value]
    return resolve(value) if isinstance(value, Plain) else value


_Change = tuple[tuple[str, ...], str, Any]
"""The place of a change, the change in words, and the whole value with it."""


_Draw = Callable[[Any, tuple[str, ...]], Iterator[_Change]]
"""What gives the changes of the value at one place."""


def _changes(data: Any, draw: _Draw, path: tuple[str, ...] = ()) -> Iterator[_Change]:
    """Changes of a value and of everything below it."""
    yield from draw(data, path)
    if isinstance(data, list):
        for index, item in enumerate(data):
            for at, change, new in _changes(item, draw, (*path[:-1], f"{path[-1]}[]")):
                if not (isinstance(new, Plain) and not new):  # nothing between commas is no item
                    yield at, change, [*data[:index], new, *data[index + 1 :]]
    if isinstance(data, dict):
        for key, item in data.items():
            below = _changes(item, draw, (*path, key))
            yield from ((at, change, data | {key: new}) for at, change, new in below)


def _distinct(data: Any, path: tuple[str, ...]) -> Iterator[_Change]:
    if isinstance(data, dict):
        yield from _changed_keys(data, path)
    if not path or path[0] == "vars":  # whether a variable is wrong is decided where it is used
        return
    if isinstance(data, str) and "$" not in data:
        yield from ((path, change, misspell(data)) for change, misspell in KEYS.items())
    for change, value in VALUES.items():
        is_no_name = path[0] != "extends" or not isinstance(value, str)
        if is_no_name and _is_drawn(path, change, 10):
            yield path, change, value


def _indistinct(data: Any, path: tuple[str, ...]) -> Iterator[_Change]:
    for name, value in INDISTINCT.items():
        place, _, change = name.partition(": ")
        if place == ".".join(path):
            yield path, change, value


def _changed_keys(data: dict[str, Any], path: tuple[str, ...]) -> Iterator[_Change]:
    yield path, "one key more", data | {"unexpected": 1}
    for key in data if path != ("vars",) else ():
        yield (*path, key), "left out", {other: item for other, item in data.items() if other != key}
        for change, misspell in KEYS.items():
            if _is_drawn((*path, key), change, 4):
                renamed = {misspell(other) if other == key else other: item for other, item in data.items()}
                yield (*path, key), f"key {change}", renamed


def _is_drawn(path: tuple[str, ...], change: str, every: int) -> bool:
    """One in so many, the same ones whatever else changes."""
    return crc32(f"{'.'.join(path)}: {change}".encode()) % every == 0
