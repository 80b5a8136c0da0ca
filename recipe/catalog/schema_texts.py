"""What editors show beside a key: help, unit, default and source, in words."""

import re
from typing import Any

from recipe.catalog import lookup
from recipe.catalog.calls import Value
from recipe.catalog.constraints import ObjectOf, OneOf, Reserved
from recipe.catalog.fitting import fits_null
from recipe.catalog.keras_classes import Default, load
from recipe.catalog.rows import UNSET, Parameter, Required, Row, Unset
from recipe.catalog.schema_forms import Schema
from recipe.language.durations import Duration

_ARXIV = re.compile(r"arXiv (\d{4}\.\d{4,5})")


def parameter_texts(parameter: Parameter, row: Row) -> Schema:
    """Description and default of one argument or key.

    Args:
        parameter: which.
        row: to which it belongs.
    """
    plain = _sentence(parameter.help)
    lines = [plain] if plain else []
    if isinstance(parameter.holds, Reserved):
        lines.append(reserved(parameter.name))
        return {"description": " ".join(lines)}
    lines.append(_sentence(parameter.holds.describe()))
    if parameter.unit and parameter.unit not in parameter.help:
        lines.append(f"Unit: {parameter.unit}.")
    default = _default(parameter, row)
    if isinstance(parameter.default, Required):
        lines.append("Required.")
    texts: Schema = {"description": " ".join(line.replace("`", "") for line in lines)}
    texts["markdownDescription"] = "\n\n".join(lines)
    return texts | ({} if isinstance(default, Unset) else {"default": default})


def row_texts(row: Row) -> Schema:
    """Description of a section, a word or a class."""
    plain = _sentence(row.help)
    if not row.source:
        return {"description": plain} if plain else {}
    linked = _ARXIV.sub(r"[\g<0>](https://arxiv.org/abs/\1)", row.source)
    return {"description": f"{plain} {row.source}.", "markdownDescription": f"{plain}\n\n{linked}."}


def reserved(name: str) -> str:
    """Why a word is refused."""
    return f"`{name}` is reserved for a later version of the language."


def _sentence(text: str) -> str:
    text = text.strip()
    return f"{text[:1].upper()}{text[1:]}{'' if text[-1] in '.!?:' else '.'}" if text else ""


def _default(parameter: Parameter, row: Row) -> Any:
    """What stands when nobody writes it; `UNSET` when that is nothing, or is decided elsewhere."""
    found = load().find(lookup.KERAS_FAMILIES.get(row.family, ""), row.name)
    known = found.parameter(parameter.name) if found else None
    default = parameter.default if known is None else UNSET if known.required else known.default
    if isinstance(default, Required | Unset):
        return UNSET
    options = parameter.holds.options if isinstance(parameter.holds, OneOf) else (parameter.holds,)
    if default is None and not any(fits_null(option) for option in options):
        return UNSET
    if isinstance(default, str) and any(isinstance(option, ObjectOf) for option in options):
        return lookup.alias_of(default) or UNSET
    return as_json(default)


def as_json(value: Value | Default) -> Any:
    """A value as JSON would spell it."""
    if isinstance(value, tuple):
        return [as_json(item) for item in value]
    return str(value) if isinstance(value, Duration) else value
