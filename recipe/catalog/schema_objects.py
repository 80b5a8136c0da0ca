"""Objects in JSON Schema: `Name`, `Name: value`, `Name: {argument: value}`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from recipe.catalog import imported, lookup, words
from recipe.catalog.constraints import ObjectOf, OneOf
from recipe.catalog.leaves import Anything
from recipe.catalog.rows import Parameter, Required, Row
from recipe.catalog.schema_forms import EXPRESSION, Schema, any_form
from recipe.catalog.schema_siblings import alone, siblings_of
from recipe.catalog.schema_texts import row_texts
from recipe.language.objects import is_camel_case

if TYPE_CHECKING:
    from recipe.catalog.schema_structures import SchemaWriter

CAMEL_CASE = r"^(?:[A-Za-z_][A-Za-z0-9_]*\.)*[A-Z][A-Za-z0-9_]*$"
# Which modules a spec imports is known to the checker only.
IMPORTED = r"^(?:[A-Za-z_][A-Za-z0-9_]*\.)+[A-Z][A-Za-z0-9_]*$"
EXPRESSIONS: Schema = {"type": "string", "pattern": EXPRESSION}
LONE: Schema = {"minProperties": 1, "maxProperties": 1, "propertyNames": {"pattern": CAMEL_CASE}}


def object_schema(writer: "SchemaWriter", name: str, holds: ObjectOf) -> Schema:
    """The schema of one object of some families.

    Args:
        writer: writes definitions.
        name: of this definition.
        holds: the families and siblings.
    """
    rows = _rows(holds.families)
    others = _blocks(rows, holds) if "layer_word" in holds.families else {}
    if any(family in imported.FAMILIES for family in holds.families):
        others = {**others, IMPORTED: {"type": ["object", "null"]}}
    named = writer.defined(f"{name}.named", lambda: _named(writer, rows, siblings_of(writer, holds), others))
    bare = (*_bare(rows), *({"type": "string", "pattern": pattern} for pattern in others))
    return _told_by({"type": "object"}, named, (*bare, named, EXPRESSIONS), bare)


def _blocks(rows: Iterable[Row], holds: ObjectOf) -> Mapping[str, Schema]:
    """The names that may be those of blocks: which a spec has is known to the checker only."""
    taken = (*(row.name for row in rows if not is_camel_case(row.name)), *sorted(holds.siblings), "weight")
    return {f"^(?!(?:{'|'.join(taken)})$)[a-z][a-z0-9_]*$": {}}


def _told_by(
    condition: Schema, one: Schema, alternatives: Sequence[Schema], suggested: Sequence[Schema]
) -> Schema:
    """The schema of alternatives, one of which alone can admit what meets a condition.

    It would be `{"anyOf": alternatives}` if editors knew which alternative to tell the mistakes of.

    Args:
        condition: schema of what one alternative alone can admit.
        one: that alternative.
        alternatives: all of them.
        suggested: of these, what editors may offer; they look for it in `anyOf` only.
    """
    offers = {"anyOf": [*suggested, {}]} if suggested else {}
    return {**offers, "if": condition, "then": one, "else": {"anyOf": list(alternatives)}}


def _bare(rows: Iterable[Row]) -> tuple[Schema, ...]:
    """The schema of a name alone, where there are names that need no argument."""
    bare = [row for row in rows if not _required(row)]
    names = {"enum": [row.name for row in bare], "enumDescriptions": [row.help for row in bare]}
    return (names,) if bare else ()


def any_mapping(writer: "SchemaWriter", item: Schema) -> Schema:
    """The schema of a mapping where anything may stand: an object when its one key is CamelCase.

    Args:
        writer: writes definitions.
        item: schema of the values of a mapping that is no object.
    """
    return {"type": "object", "if": LONE, "then": _any_object(writer), "else": {"additionalProperties": item}}


def _any_object(writer: "SchemaWriter") -> Schema:
    rows = tuple(row for row in _rows(lookup.HOMES) if is_camel_case(row.name))
    return writer.defined("any_object", lambda: _named(writer, rows, {}, {}))


def _rows(families: Iterable[str]) -> tuple[Row, ...]:
    """The rows of some families that a spec can build, the first of each name."""
    found: dict[str, Row] = {}
    for family in families:
        rows = (lookup.find(family, name) for name in lookup.names(family))
        found = {row.name: row for row in rows if row is not None} | found
    return tuple(row for row in found.values() if all(_is_admitted(row, one) for one in _required(row)))


def _required(row: Row) -> tuple[Parameter, ...]:
    return tuple(one for one in row.parameters if isinstance(one.default, Required))


def _is_admitted(row: Row, parameter: Parameter) -> bool:
    """Whether an argument may stand inside the object: not written elsewhere, and no file of Keras."""
    if any(parameter.name == name and row.family in families for name, families, _ in words.ELSEWHERE):
        return False
    return not lookup.opens_file(row, parameter)


def _named(
    writer: "SchemaWriter", rows: Iterable[Row], siblings: Mapping[str, Schema], others: Mapping[str, Schema]
) -> Schema:
    """The schema of an object that is written as a mapping: one name, and its siblings.

    Args:
        writer: writes definitions.
        rows: of the names.
        siblings: schemas of what may stand beside the object.
        others: schemas of names that no row knows, by pattern.
    """
    names = {row.name: _defined(writer, row) for row in rows}
    nameless = {"not": {"propertyNames": {"enum": list(siblings)}}} if siblings else {"minProperties": 1}
    return {
        "type": "object",
        "properties": {**names, **siblings},
        **({"patternProperties": others} if others else {}),
        "additionalProperties": False,
        "dependencies": {name: alone(writer, name, tuple(siblings)) for name in names},
        **nameless,
    }


def _defined(writer: "SchemaWriter", row: Row) -> Schema:
    return writer.defined(f"{row.family}.{row.name}", lambda: _after_name(writer, row))


def _after_name(writer: "SchemaWriter", row: Row) -> Schema:
    """The schema of what stands after a name: arguments, a lone value for the first, or nothing."""
    required, first = _required(row), row.parameters[:1]
    admitted = tuple(one for one in row.parameters if _is_admitted(row, one))
    silent = replace(row, parameters=admitted, help="", source="")
    arguments = writer.defined(f"{row.family}.{row.name}.arguments", lambda: writer.fields(silent))
    takes_lone_value = set(required) <= set(first) <= set(admitted)
    lone = [_lone_value(writer, one) for one in first if takes_lone_value]
    alternatives = [*lone, arguments] if required else [*lone, arguments, {"type": "null"}]
    condition = writer.defined("arguments", lambda: {"type": "object", "not": LONE})
    if any(isinstance(one.holds, ObjectOf) and "op" in one.holds.families for one in first):
        # Functions are spelled like arguments: what is no argument is one of them.
        condition = {"type": "object", "propertyNames": {"enum": [one.name for one in admitted]}}
    return row_texts(row) | _told_by(condition, arguments, alternatives, alternatives if required else ())


def _lone_value(writer: "SchemaWriter", first: Parameter) -> Schema:
    """The schema of a value for the first argument; the only mapping among them is an object."""
    options = first.holds.options if isinstance(first.holds, OneOf) else (first.holds,)
    if any(isinstance(option, Anything) for option in options):
        return any_form(writer.anything(), _any_object(writer)).schema()
    return writer.argument(first, f"`{first.name}` must be {first.holds.describe()}")
