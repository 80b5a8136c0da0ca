"""Reading resolved sections: what the resolver checked, taken as the types that the rows promise."""

from recipe.catalog.calls import Call, Step, Value


def section(spec: Call, name: str) -> Call:
    """The Call of a section that always is one."""
    found = spec[name]
    if not isinstance(found, Call):
        raise TypeError(f"`{name}` is not resolved")
    return found


def items_of(value: Value) -> tuple[Call, ...]:
    """The Calls of a list."""
    return tuple(item for item in value if isinstance(item, Call)) if isinstance(value, tuple) else ()


def tuple_of(value: Value) -> tuple[Value, ...]:
    """A list, empty when nothing was written."""
    return value if isinstance(value, tuple) else ()


def steps_of(value: Value) -> tuple[Step, ...]:
    """The Steps of a list of layers."""
    return tuple(item for item in tuple_of(value) if isinstance(item, Step))
