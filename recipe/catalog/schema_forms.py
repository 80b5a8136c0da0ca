"""What single values look like in JSON Schema: a row for each kind of constraint on them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from recipe.catalog.constraints import LeafConstraint
from recipe.catalog.fitting import OFF_WORD
from recipe.catalog.leaves import (
    DurationIn,
    FactorText,
    Flag,
    Fraction,
    Integer,
    Number,
    PathText,
    PresetText,
    Text,
    Words,
)
from recipe.language.durations import Unit

Schema = dict[str, Any]

# Patterns are searched in the text; all of ours but this one say where they begin and end.
EXPRESSION = r"\$"
REMOVED = f"^{OFF_WORD}$"

_AMOUNT = r"[0-9]{1,40}(?:\.[0-9]{1,40})?(?:e[+-]?[0-9]{1,3})?[KMB]?"
_NOT_ZERO = "(?=[0.]*[1-9])"
_UNITS: Mapping[Unit, str] = MappingProxyType(
    {
        Unit.EPOCHS: "epochs?",
        Unit.STEPS: "steps?",
        Unit.PERCENT: "%",
        Unit.TOKENS: "tokens?",
        Unit.EXAMPLES: "examples?",
        Unit.MINUTES: "(?:second|minute|hour|day)s?",
    }
)


@dataclass(frozen=True, slots=True)
class Form:
    """The JSON values that a constraint admits, apart by type, so that several forms can become one schema.

    Args:
        types: keywords by JSON type; each keyword says something about values of its type only.
        words: single values that are admitted beside these.
        others: whole schemas that are admitted beside these.
        patterns: of texts that are admitted beside these.
        examples: values to show.
    """

    types: Mapping[str, Schema] = field(default_factory=dict)
    words: tuple[Any, ...] = ()
    others: tuple[Schema, ...] = ()
    patterns: tuple[str, ...] = ()
    examples: tuple[Any, ...] = ()

    @property
    def has_single_values(self) -> bool:
        """Whether anything but mappings and objects is admitted."""
        return bool(self.types or self.words)

    def schema(self, refusal: str = "") -> Schema:
        """The schema of these values.

        Args:
            refusal: what editors say of any other value.
        """
        words: tuple[Schema, ...] = ({"enum": list(self.words)},) if self.words else ()
        typed = self._typed({"errorMessage": refusal} if refusal else {})
        # Where no alternative fits, editors tell what is wrong by the first.
        leads = bool(self.types.keys() - {"null"})
        alternatives = (*typed, *words, *self.others) if leads else (*words, *self.others, *typed)
        shown = {"examples": list(self.examples)} if self.examples else {}
        return (alternatives[0] if len(alternatives) == 1 else {"anyOf": list(alternatives)}) | shown

    def _typed(self, told: Schema) -> tuple[Schema, ...]:
        """One schema for the values of all types; nothing when there are none."""
        types = dict(self.types)
        if self.patterns and types.get("string") != {}:
            own = types["string"]["pattern"] if "string" in types else ""
            types["string"] = {"pattern": "|".join(filter(None, (own, *self.patterns)))}
        names = sorted(types)
        if not names:
            return ()
        keywords = {key: value for name in names for key, value in types[name].items()}
        return ({"type": names[0] if len(names) == 1 else names, **keywords, **told},)


def joined(forms: Iterable[Form]) -> Form:
    """The form of what one of several forms admits."""
    types: dict[str, Schema] = {}
    others: list[Schema] = []
    told = tuple(forms)
    for form in told:
        others += form.others
        for name, keywords in form.types.items():
            if name not in types and not {"integer", "number"} <= {name, *types}:
                types[name] = keywords
            elif types.get(name) != keywords:
                others.append({"type": name, **keywords})
    words = tuple(word for form in told for word in form.words)
    examples = tuple(example for form in told for example in form.examples)
    return Form(types, words, tuple(others), examples=examples)


def any_form(item: Schema, mapping: Schema) -> Form:
    """The form of everything.

    Args:
        item: schema of the items of a list.
        mapping: schema of a mapping.
    """
    types: dict[str, Schema] = {name: {} for name in ("null", "boolean", "number", "string")}
    return Form(types | {"array": {"items": item}}, others=(mapping,))


def leaf_form(holds: LeafConstraint) -> Form:
    """The form of a constraint on single values, `Anything` left out."""
    return _LEAVES[type(holds)](holds)


def _number(holds: Number) -> Form:
    limits = {
        "exclusiveMinimum": holds.above,
        "minimum": holds.at_least,
        "exclusiveMaximum": holds.below,
        "maximum": holds.at_most,
    }
    return Form({"number": _written(limits)})


def _integer(holds: Integer) -> Form:
    return Form({"integer": _written({"minimum": holds.at_least, "maximum": holds.at_most})})


def _fraction(holds: Fraction) -> Form:
    limits = {
        "minimum" if holds.zero else "exclusiveMinimum": 0,
        "maximum" if holds.one else "exclusiveMaximum": 1,
    }
    whole, least = r"|0*100(?:\.0+)?" if holds.one else "", "" if holds.zero else _NOT_ZERO
    share = rf"^\s*{least}(?:0*[0-9]{{1,2}}(?:\.[0-9]{{1,40}})?{whole})\s*%\s*$"
    share += rf"|^x{least}0\.[0-9]{{1,40}}$" if holds.factor else ""
    return Form({"number": limits, "string": {"pattern": share}}, examples=("10%", 0.1))


def _flag(holds: Flag) -> Form:
    return Form({"boolean": {}})


def _text(holds: Text) -> Form:
    return Form({"string": {"pattern": f"^(?:{holds.pattern})$"} if holds.pattern else {}})


def _path(holds: PathText) -> Form:
    any_path = Form({"string": {"pattern": r"^(?![\s\S]*(?:://|\u0000))[\s\S]+$"}})
    return _text(holds) if holds.pattern else any_path


def _words(holds: Words) -> Form:
    words = tuple(word for word in holds.choices if word is not None)
    return Form({"null": {}} if None in holds.choices else {}, words)


def _duration(holds: DurationIn) -> Form:
    units = "|".join(_UNITS[unit] for unit in holds.units)
    pattern = rf"^\s*{'' if holds.zero else _NOT_ZERO}{_AMOUNT}\s*(?:{units})\s*$"
    examples = tuple("10%" if unit is Unit.PERCENT else f"10 {unit.value}" for unit in holds.units)
    bare = {"integer": {"minimum": 0 if holds.zero else 1}} if holds.bare else {}
    return Form({**bare, "string": {"pattern": pattern}}, examples=examples)


def _factor(holds: FactorText) -> Form:
    return Form({"string": {"pattern": r"^x[0-9]+(?:\.[0-9]+)?(?:e-?[0-9]+)?$"}}, examples=("x0.1",))


def _written(limits: Mapping[str, float | None]) -> Schema:
    return {word: limit for word, limit in limits.items() if limit is not None}


_LEAVES: Mapping[type, Callable[[Any], Form]] = MappingProxyType(
    {
        Number: _number,
        Integer: _integer,
        Fraction: _fraction,
        Flag: _flag,
        Text: _text,
        PathText: _path,
        PresetText: _text,
        Words: _words,
        DurationIn: _duration,
        FactorText: _factor,
    }
)
