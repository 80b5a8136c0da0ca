"""The row is the feature: everything that may be written is one frozen row."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from recipe.catalog.calls import Value
from recipe.catalog.constraints import Constraint


class Required:
    """Stands where a default would: the argument must be written."""

    def __repr__(self) -> str:
        return "required"


class Unset:
    """Stands where a default would: what nobody writes is left to Keras, or to the target."""

    def __repr__(self) -> str:
        return "unset"


REQUIRED: Final = Required()
UNSET: Final = Unset()


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument or key.

    Args:
        name: as written.
        holds: what it may be.
        default: its value when nobody writes it; `REQUIRED`, or `UNSET` to leave it out.
        help: one line for `explain`, the schema and editors.
        unit: of a number: `steps`, `examples`.
        identity: does a change alter what is trained?
        ahead: of an identity, does a change alter only steps ahead: the length of the run, and the learning
            rate over its steps? Whether it did alter steps that are done is seen in numbers.
        instead_of: the keys that say the same otherwise; written, it takes the place of an inherited one.
    """

    name: str
    holds: Constraint
    default: Value | Required | Unset = REQUIRED
    help: str = ""
    unit: str = ""
    identity: bool = True
    ahead: bool = False
    instead_of: tuple[str, ...] = ()


@dataclass(frozen=True)  # no slots: what follows from the parameters is worked out once
class Row:
    """One thing that may be written, by name.

    Args:
        name: `Dense`, `warmup_cosine`, `training`.
        family: `layer`, `optimizer`, `schedule`, `source`, `section` ...
        target: what stands behind it: a dotted class, or `recipe:name`.
        parameters: in order; a lone value is given to the first.
        help: one line.
        source: the paper, where there is one.
    """

    name: str
    family: str
    target: str
    parameters: tuple[Parameter, ...] = ()
    help: str = ""
    source: str = ""

    def parameter(self, name: str) -> Parameter | None:
        """The parameter of a name, or None."""
        return self._by_name.get(name)

    @cached_property
    def _by_name(self) -> Mapping[str, Parameter]:
        return {parameter.name: parameter for parameter in reversed(self.parameters)}  # the first counts

    @cached_property
    def known(self) -> tuple[str, ...]:
        """The names of its parameters."""
        return tuple(parameter.name for parameter in self.parameters)

    @cached_property
    def required(self) -> tuple[Parameter, ...]:
        """The parameters that must be written."""
        return tuple(one for one in self.parameters if isinstance(one.default, Required))

    @cached_property
    def defaulted(self) -> tuple[Parameter, ...]:
        """The parameters that have a value when nobody writes them."""
        return tuple(one for one in self.parameters if not isinstance(one.default, Required | Unset))


def section_row(name: str, help_text: str, *parameters: Parameter) -> Row:
    """A section of a spec, or a part of one: its keys."""
    return Row(name, "section", f"recipe:{name}", parameters, help_text)
