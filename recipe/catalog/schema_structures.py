"""How values nest, in JSON Schema: a row for each kind of constraint that has parts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from recipe.catalog import lookup
from recipe.catalog.constraints import (
    Constraint,
    Fields,
    Layers,
    ListOf,
    MappingOf,
    ObjectOf,
    OneOf,
    Reserved,
)
from recipe.catalog.fitting import OFF_WORD
from recipe.catalog.leaves import Anything, Flag
from recipe.catalog.rows import REQUIRED, Parameter, Required, Row
from recipe.catalog.schema_forms import EXPRESSION, REMOVED, Form, Schema, any_form, joined, leaf_form
from recipe.catalog.schema_objects import any_mapping, object_schema
from recipe.catalog.schema_texts import parameter_texts, reserved, row_texts
from recipe.catalog.sections import ARCHITECTURE
from recipe.catalog.steps import LAYER_ITEM


@dataclass(slots=True)
class SchemaWriter:
    """Writes constraints as JSON Schema.

    Args:
        definitions: what is written once and referred to by name.
    """

    definitions: dict[str, Schema] = field(default_factory=dict)

    def defined(self, name: str, write: Callable[[], Schema]) -> Schema:
        """A reference to a definition, which is written when it is first asked for."""
        if name not in self.definitions:
            self.definitions[name] = {}  # it may refer to itself
            self.definitions[name] = write()
        return {"$ref": f"#/definitions/{name}"}

    def shared(self, name: str, schema: Schema) -> Schema:
        """A reference to an equal definition called `name`, `name.2`, `name.3` ...; new if there is none."""
        number, numbered = 1, name
        while self.definitions.setdefault(numbered, schema) != schema:
            number += 1
            numbered = f"{name}.{number}"
        return {"$ref": f"#/definitions/{numbered}"}

    def form(self, holds: Constraint) -> Form:
        """What a constraint admits, expressions left out."""
        structure = _STRUCTURES.get(type(holds))
        return structure(self, holds) if structure else leaf_form(holds)  # type: ignore[arg-type]

    def value(self, holds: Constraint) -> Schema:
        """The schema of a value."""
        form = self.form(holds)
        return replace(form, patterns=_expressions(form)).schema()

    def parameter(self, parameter: Parameter, row: Row) -> Schema:
        """The schema of one argument or key, documented."""
        texts = parameter_texts(parameter, row)
        if isinstance(parameter.holds, Reserved):
            refusal = reserved(parameter.name)
            return {"enum": [OFF_WORD], "doNotSuggest": True, "errorMessage": refusal} | texts
        refusal = f"`{parameter.name}` must be {parameter.holds.describe()}"
        schema = self.argument(parameter, refusal)
        documented = ({"allOf": [schema]} if "$ref" in schema else schema) | texts
        is_ours = row.family not in lookup.KERAS_FAMILIES
        return documented if is_ours else self.shared(f"argument.{parameter.name}", documented)

    def anything(self) -> Schema:
        """The schema of a value of which nothing is known."""
        return self.defined("anything", lambda: self.value(Anything()))

    def argument(self, parameter: Parameter, refusal: str = "") -> Schema:
        """The schema of the value of one argument or key; `off` removes what need not be there."""
        form = self.form(parameter.holds)
        stays = isinstance(parameter.default, Required) or _has_flag(parameter.holds)
        patterns = _expressions(form) if stays else (REMOVED, *_expressions(form))
        return replace(form, patterns=patterns).schema(refusal)

    def fields(self, row: Row) -> Schema:
        """The schema of a mapping with the parameters of a row."""
        required = [one.name for one in row.parameters if isinstance(one.default, Required)]
        schema: Schema = {
            "type": "object",
            "properties": {one.name: self.parameter(one, row) for one in row.parameters},
            "additionalProperties": False,
        }
        return row_texts(row) | schema | ({"required": required} if required else {})


def _has_flag(holds: Constraint) -> bool:
    return any(
        isinstance(option, Flag) for option in (holds.options if isinstance(holds, OneOf) else (holds,))
    )


def _expressions(form: Form) -> tuple[str, ...]:
    """The pattern of expressions, which have single values and lists of these, and never mappings."""
    return (EXPRESSION,) if form.has_single_values else ()


def _fields(writer: SchemaWriter, holds: Fields) -> Form:
    row = holds.row
    at_least = {"minProperties": 1} if holds.named else {}
    mapping = Form(others=(writer.defined(f"section.{row.name}", lambda: writer.fields(row) | at_least),))
    return joined((writer.form(row.parameters[0].holds), mapping)) if holds.shorthand else mapping


def _object(writer: SchemaWriter, holds: ObjectOf) -> Form:
    beside = f"_beside_{'_'.join(sorted(holds.siblings))}" if holds.siblings else ""
    name = f"{'_or_'.join(holds.families)}{beside}"
    return Form(others=(writer.defined(name, lambda: object_schema(writer, name, holds)),))


def _list(writer: SchemaWriter, holds: ListOf) -> Form:
    bounds = {"minItems": 1} if holds.filled else {}
    if holds.length is not None:
        bounds = {"minItems": holds.length, "maxItems": holds.length}
    listed = Form({"array": {"items": writer.value(holds.item)} | bounds})
    return joined((writer.form(holds.item), listed)) if holds.lone else listed


def _mapping(writer: SchemaWriter, holds: MappingOf) -> Form:
    item = Parameter("", holds.item, None)
    return Form(others=({"type": "object", "additionalProperties": writer.argument(item)},))


def _one_of(writer: SchemaWriter, holds: OneOf) -> Form:
    return joined(writer.form(option) for option in holds.options)


def _layers(writer: SchemaWriter, holds: Layers) -> Form:
    listed = {"array": {"items": writer.value(LAYER_ITEM)}}
    if not holds.whole:
        return Form(listed)
    return Form(listed, others=(writer.defined("section.architecture", lambda: _architecture(writer)),))


def _architecture(writer: SchemaWriter) -> Schema:
    """An architecture as a mapping: it must have `layers`, or `edit` those that it inherits."""
    layers, *others = ARCHITECTURE.parameters
    schema = writer.fields(replace(ARCHITECTURE, parameters=(replace(layers, default=REQUIRED), *others)))
    del schema["required"]
    return schema | {"anyOf": [{"required": ["layers"]}, {"required": ["edit"]}]}


def _reserved(writer: SchemaWriter, holds: Reserved) -> Form:
    return Form()


def _anything(writer: SchemaWriter, holds: Anything) -> Form:
    item = writer.anything()
    return any_form(item, writer.defined("any_mapping", lambda: any_mapping(writer, item)))


_STRUCTURES: Mapping[type, Callable[[SchemaWriter, Any], Form]] = MappingProxyType(
    {
        Fields: _fields,
        ObjectOf: _object,
        ListOf: _list,
        MappingOf: _mapping,
        OneOf: _one_of,
        Layers: _layers,
        Reserved: _reserved,
        Anything: _anything,
    }
)
