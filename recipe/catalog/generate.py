"""Generates `keras-<minor>.json`: the signatures of the Keras classes that a spec may name.

`python -m recipe.catalog.generate` writes the file from the installed Keras; with `--check` it only says
which classes differ (exit 1).
"""

import importlib
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from recipe.catalog.keras_docstrings import argument_texts, first_sentence, summary
from recipe.catalog.keras_families import (
    FAMILIES,
    UNWRITABLE,
    Family,
    inputs,
    loss_functions,
    members,
    takes_list,
)
from recipe.catalog.keras_kinds import Kind, kind_of
from recipe.catalog.keras_signatures import call_parameters, construct, constructor_parameters, own_parameters

COMMAND: Final = "python -m recipe.catalog.generate"

Entry = dict[str, Any]


def generate() -> dict[str, Any]:
    """The catalog of the installed Keras, as it stands in the file."""
    families: dict[str, dict[str, Entry]] = {}
    aliases: dict[str, str] = {}
    for family in FAMILIES:
        found, other_names = members(family)
        make = _MAKERS.get(family.name, _class_entry)
        families[family.name] = {name: make(family, name, value) for name, value in found.items()}
        aliases |= other_names
    aliases |= loss_functions(tuple(families["loss"]))
    minor = ".".join(importlib.import_module("keras").__version__.split(".")[:2])
    return {"keras": minor, "aliases": dict(sorted(aliases.items())), "families": families}


def render(catalog: Mapping[str, Any]) -> str:
    """The text of the file: a line for each class and each argument, so that a diff shows what changed."""
    families = ",\n".join(
        f"{_json(family)}: {{\n{_render_entries(entries)}\n}}"
        for family, entries in catalog["families"].items()
    )
    aliases = ",\n".join(f" {_json(alias)}: {_json(name)}" for alias, name in catalog["aliases"].items())
    keras = _json(catalog["keras"])
    return f'{{\n"keras": {keras},\n"aliases": {{\n{aliases}\n}},\n"families": {{\n{families}\n}}\n}}\n'


def differences(written: Mapping[str, Any], fresh: Mapping[str, Any]) -> tuple[str, ...]:
    """What differs between two catalogs: `layer Conv2D` for every class, then `keras` and `aliases`."""
    old, new = _by_class(written), _by_class(fresh)
    classes = sorted(key for key in old.keys() | new.keys() if old.get(key) != new.get(key))
    return (*classes, *(key for key in ("keras", "aliases") if written[key] != fresh[key]))


def file_path(minor: str) -> Path:
    """Where the catalog of one minor version of Keras lies."""
    return Path(__file__).with_name(f"keras-{minor}.json")


def main(arguments: Sequence[str]) -> int:
    """Writes the file, or with `--check` compares it; returns the exit code."""
    text = render(generate())
    fresh = json.loads(text)
    path = file_path(fresh["keras"])
    if "--check" not in arguments:
        path.write_text(text, encoding="utf-8")
        return 0
    if not path.exists():
        sys.stderr.write(f"{path.name} is missing: {COMMAND}\n")
        return 1
    changed = differences(json.loads(path.read_text(encoding="utf-8")), fresh)
    sys.stderr.writelines(f"{path.name} differs from the installed Keras: {name}\n" for name in changed)
    return 1 if changed else 0


def _class_entry(family: Family, name: str, class_: type) -> Entry:
    own = own_parameters(class_)
    base = getattr(importlib.import_module(family.module), family.base) if family.base else None
    known = own | (own_parameters(base) if base else {})
    parameters = _parameters(name, own, argument_texts(class_.__doc__, known))
    return _entry(f"{family.module}.{name}", class_, parameters)


def _loss_entry(family: Family, name: str, class_: type) -> Entry:
    return _class_entry(family, name, class_) | {"direction": "min"}


def _metric_entry(family: Family, name: str, class_: type) -> Entry:
    direction = {"up": "max", "down": "min"}.get(getattr(construct(name, class_), "_direction", ""))
    return _class_entry(family, name, class_) | ({"direction": direction} if direction else {})


def _layer_entry(family: Family, name: str, class_: type) -> Entry:
    call = call_parameters(class_)
    required = [parameter for parameter, default in call.items() if default is ...]
    base = getattr(importlib.import_module(family.module), family.base)
    taken = constructor_parameters(name, class_)
    texts = argument_texts(base.__doc__, taken) | argument_texts(class_.__doc__, taken)
    parameters = _parameters(name, taken, texts)
    entry = _entry(f"{family.module}.{name}", class_, parameters)
    entry["inputs"] = required
    if takes_list(name, class_):
        entry["takes_list"] = True
    if not construct(name, class_).supports_jit:
        entry["supports_jit"] = False
    entry["call"] = [
        _parameter(key, default, _call_kind(key, default), "")
        for key, default in call.items()
        if key != required[0]
    ]
    return entry


def _function_entry(family: Family, name: str, function: Callable[..., Any]) -> Entry:
    parameters = own_parameters(function)
    tensors = inputs(parameters)
    parameters.pop(tensors[0])
    texts = argument_texts(function.__doc__)
    # Docstrings of operations call tensors what may be constants, and the reverse: names and defaults decide.
    kinds = {key: kind_of(name, key, default, "") for key, default in parameters.items()}
    described = [_parameter(key, parameters[key], kinds[key], texts.get(key, "")) for key in parameters]
    entry = _entry(f"{family.module}.{name}", function, described) | {"inputs": tensors}
    return entry | ({"takes_list": True} if takes_list(name, function) else {})


_MAKERS: Final[Mapping[str, Callable[[Family, str, Any], Entry]]] = {
    "activation": _function_entry,
    "layer": _layer_entry,
    "loss": _loss_entry,
    "metric": _metric_entry,
    "op": _function_entry,
}


def _entry(target: str, value: object, parameters: list[Entry]) -> Entry:
    return {"target": target, "help": summary(value.__doc__), "parameters": parameters}


def _parameters(owner: str, parameters: Mapping[str, object], texts: Mapping[str, str]) -> list[Entry]:
    return [
        _parameter(name, default, kind_of(owner, name, default, texts.get(name, "")), texts.get(name, ""))
        for name, default in parameters.items()
        if name not in UNWRITABLE and f"{owner}.{name}" not in UNWRITABLE
    ]


def _parameter(name: str, default: object, kind: Kind, text: str) -> Entry:
    entry = {"name": name} | {key: value for key, value in asdict(kind).items() if value}
    if default is not ...:
        entry["default"] = default
    if text:
        entry["help"] = first_sentence(text)
    return entry


def _call_kind(name: str, default: object) -> Kind:
    flag = isinstance(default, bool) or name == "training"
    return Kind("flag", null=default is None) if flag else Kind("tensor")


def _by_class(catalog: Mapping[str, Any]) -> dict[str, Entry]:
    families = catalog["families"].items()
    return {f"{family} {name}": entry for family, entries in families for name, entry in entries.items()}


def _render_entries(entries: Mapping[str, Entry]) -> str:
    return ",\n".join(f" {_json(name)}: {_render_entry(entry)}" for name, entry in entries.items())


def _render_entry(entry: Entry) -> str:
    head = {key: value for key, value in entry.items() if key not in ("parameters", "call")}
    lists = "".join(
        f',\n  "{key}": [' + ",".join(f"\n   {_json(item)}" for item in entry[key]) + "]"
        for key in ("parameters", "call")
        if entry.get(key)
    )
    return f"{_json(head)[:-1]}{lists}}}"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
