"""Where every name is found: our own rows and the classes of Keras, in one form."""

import functools
from collections.abc import Mapping, Sequence

from recipe.catalog import (
    kind_words,
    layer_words,
    overlay,
    run_sections,
    schedules,
    sections,
    source_words,
    words,
)
from recipe.catalog.constraints import Constraint, Fields, OneOf
from recipe.catalog.keras_classes import KerasClass, KerasParameter, load
from recipe.catalog.leaves import NULL, PathText, Words
from recipe.catalog.rows import REQUIRED, UNSET, Parameter, Row

# Our families that are a family of the generated file.
KERAS_FAMILIES: Mapping[str, str] = {
    "layer": "layer",
    "optimizer": "optimizer",
    "keras_schedule": "schedule",
    "loss": "loss",
    "metric": "metric",
    "initializer": "initializer",
    "regularizer": "regularizer",
    "constraint": "constraint",
    "callback": "callback",
    "op": "op",
    "application": "application",
}

OWN_ROWS: tuple[Row, ...] = (
    *source_words.SOURCES,
    *kind_words.KINDS,
    *kind_words.TOKENIZERS,
    *schedules.SCHEDULES,
    sections.SCHEDULES,
    *layer_words.LAYERS,
    *words.METRICS,
    run_sections.CLASS_WEIGHT,
    *words.LOSSES,
    *words.COMPONENTS,
    *words.ENGINES,
)

# Layers that may change the batches of a training: part of the family `layer`.
AUGMENTATION = "augmentation"

# Where an object of a family belongs, for objects that stand elsewhere.
HOMES: Mapping[str, str] = {
    "layer": "architecture",
    "layer_word": "architecture",
    "application": "architecture",
    "optimizer": "optimizer",
    "loss_word": "loss",
    "loss": "loss",
    "metric": "metrics",
    "initializer": "init",
    "phase": "schedule",
    "schedule": "schedule",
    "plateau_schedule": "schedule",
    "keras_schedule": "schedule",
    "callback": "training.callbacks",
    "source": "data",
    "kind": "data.features",
    "tokenizer": "data.source.corpus.tokens",
    "engine": "runtime.engine",
}


@functools.cache
def find(family: str, name: str) -> Row | None:
    """The row of a name in a family, or None."""
    if family == AUGMENTATION:
        row = find("layer", name)
        return row if row is not None and _maps_one_array(row) else None
    if family in KERAS_FAMILIES:
        found = load().find(KERAS_FAMILIES[family], name)
        return None if found is None else _row(family, found)
    return next((row for row in OWN_ROWS if row.family == family and row.name == name), None)


@functools.cache
def names(family: str) -> tuple[str, ...]:
    """Every name of a family."""
    if family == AUGMENTATION:
        return tuple(name for name in names("layer") if find(family, name))
    if family in KERAS_FAMILIES:
        return load().names(KERAS_FAMILIES[family])
    return tuple(row.name for row in OWN_ROWS if row.family == family)


@functools.cache
def writable(family: str) -> tuple[str, ...]:
    """The names of a family that a spec can write: without those that must be given a file."""
    rows = (find(family, name) for name in names(family))
    return tuple(
        row.name
        for row in rows
        if row is not None and not any(opens_file(row, parameter) for parameter in row.required)
    )


def opens_file(row: Row, parameter: Parameter) -> bool:
    """Whether an argument of a class of Keras is a file that a spec may not name."""
    is_path = isinstance(parameter.holds, PathText) and row.target.startswith("keras.")
    return is_path and f"{row.family}.{row.name}.{parameter.name}" not in overlay.PATHS_ADMITTED


@functools.cache
def targets() -> frozenset[str]:
    """Everything that a Call may stand for: what is named nowhere in the catalog is never imported."""
    rows = (find(family, name) for family in KERAS_FAMILIES for name in names(family))
    return frozenset(row.target for row in (*rows, *OWN_ROWS) if row is not None)


def families_of(name: str) -> tuple[str, ...]:
    """The families that have a name, for `X is an optimizer, not a layer`."""
    return tuple(family for family in HOMES if find(family, name) is not None)


def _maps_one_array(row: Row) -> bool:
    """Whether a layer has no weights, and no layers inside, and takes one array."""
    inputs, takes_list = inputs_of(row.name)
    inside = (overlay.HOLDS["initializer"], overlay.HOLDS["layer"], overlay.HOLDS["layers"])
    has_parts = any(part in _options(parameter.holds) for parameter in row.parameters for part in inside)
    return len(inputs) == 1 and not takes_list and not has_parts


def alias_of(name: str) -> str:
    """The name that another name for a class stands for, such as `mse` of Keras; empty when there is none.

    The classes of KerasHub's backbones are all `Backbone`, whose preset knows its class.
    """
    return load().aliases.get(name, "") or ("Backbone" if name.endswith("Backbone") else "")


def is_argument(name: str, families: Sequence[str]) -> bool:
    """Whether an object of some families has an argument of a name."""
    rows = (find(family, known) for family in families for known in names(family))
    return any(row.parameter(name) is not None for row in rows if row is not None)


@functools.cache
def own_row(target: str) -> Row | None:
    """The row of one of our words or sections by what stands behind it, or None."""
    rows = (*OWN_ROWS, *SECTION_PATHS.values())
    return next((row for row in rows if row.target == target), None)


def sections_with(key: str) -> tuple[str, ...]:
    """The paths of the sections that have a key."""
    return tuple(path for path, row in SECTION_PATHS.items() if row.parameter(key) is not None)


def _section_rows(row: Row, path: str) -> Mapping[str, Row]:
    found = {path: row}
    for parameter in row.parameters:
        for below in _rows_below(parameter.holds):
            found |= _section_rows(below, f"{path}.{parameter.name}".lstrip("."))
    return found


def _rows_below(holds: Constraint) -> tuple[Row, ...]:
    """The rows of the mappings at a place; one that stands beside named objects is no section."""
    fields = (option for option in _options(holds) if isinstance(option, Fields))
    return tuple(option.row for option in fields if not option.named)


def _options(holds: Constraint) -> tuple[Constraint, ...]:
    return holds.options if isinstance(holds, OneOf) else (holds,)


SECTION_PATHS: Mapping[str, Row] = _section_rows(sections.SPEC, "")


def _row(family: str, found: KerasClass) -> Row:
    parameters = tuple(_parameter(family, found.name, parameter) for parameter in found.parameters)
    return Row(found.name, family, found.target, parameters, found.help)


def _parameter(family: str, owner: str, parameter: KerasParameter) -> Parameter:
    slot = parameter.name == "rate" and owner in overlay.DROPOUT_SLOTS
    fed = family == "op" and parameter.holds == "any"  # perhaps with a tensor: wiring tells
    default = REQUIRED if parameter.required and not (slot or fed) else UNSET
    return Parameter(parameter.name, holds(family, owner, parameter), default, parameter.help)


def holds(family: str, owner: str, parameter: KerasParameter) -> Constraint:
    """What an argument of a Keras class may be: the overlay's word first, then the generated file's."""
    ranges = overlay.RANGES.get(family, {})
    written = ranges.get(f"{owner}.{parameter.name}")
    if written is not None:
        return written
    constraint = ranges.get(parameter.name) or _generated(parameter)
    return OneOf((NULL, constraint)) if parameter.nullable else constraint


def _generated(parameter: KerasParameter) -> Constraint:
    if parameter.path and parameter.holds == "list":
        return overlay.ITEMS  # a lone string would be the path of a file
    if parameter.holds == "activation":
        return Words(tuple(load().activations), what="an activation such as `relu`")
    if parameter.choices:
        return Words(tuple(parameter.choices))
    return overlay.HOLDS[parameter.holds]


@functools.cache
@functools.cache
def keras_default(family: str, name: str, argument: str) -> object:
    """What Keras fills in for an argument that nobody writes; None when it has no default."""
    found = load().find(KERAS_FAMILIES[family], name)
    parameters = found.parameters if found else ()
    return next((parameter.default for parameter in parameters if parameter.name == argument), None)


def direction_of(metric: str) -> str | None:
    """`max` or `min`: which way a Keras metric gets better; None when nobody can say."""
    found = load().find("metric", metric)
    return None if found is None else found.direction


@functools.cache
def inputs_of(layer: str) -> tuple[tuple[str, ...], bool]:
    """The tensors that a layer's call or an operation must get, and whether it takes them as one list."""
    found = _called(layer)
    if found is None:
        return (), False
    operands = (one.name for one in found.parameters if _is_operand(found, one) and one.required)
    return tuple(dict.fromkeys((*found.inputs[:1], *operands, *found.inputs))), found.takes_list


@functools.cache
def tensors_of(layer: str) -> tuple[str, ...]:
    """The tensors that a layer's call or an operation may get by name, in their order."""
    found = _called(layer)
    if found is None:
        return layer_words.FED.get(layer, ())
    further = (parameter.name for parameter in found.call_parameters if parameter.holds == "tensor")
    operands = (parameter.name for parameter in found.parameters if _is_operand(found, parameter))
    return tuple(dict.fromkeys((*found.inputs[:1], *operands, *found.inputs, *further)))


def _called(layer: str) -> KerasClass | None:
    return load().find("layer", layer) or load().find("op", layer)


def _is_operand(found: KerasClass, parameter: KerasParameter) -> bool:
    """Whether an argument of an operation may be a tensor as well as a constant."""
    return found.family == "op" and (parameter.name in found.inputs or parameter.holds == "any")


def call_row(layer: str) -> Row:
    """The arguments of a Keras layer's call that are no tensors."""
    found = load().find("layer", layer)
    settings = (
        [parameter for parameter in found.call_parameters if parameter.holds != "tensor"] if found else []
    )
    return Row("call", "call", "recipe:call", tuple(_parameter("call", layer, one) for one in settings))
