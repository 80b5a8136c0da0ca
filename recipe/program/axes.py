"""The axes of a batch: what works across its examples, which the first one counts."""

from recipe.catalog import lookup
from recipe.catalog.calls import Call

# Operations that look for their axis themselves.
OF_ANY_AXIS = frozenset({"squeeze", "cross"})


def across_examples(call: Call) -> str:
    """The argument by which a layer, an operation or a loss works along the first axis, or along all.

    Args:
        call: of any class.

    Returns:
        Its name, written or not; empty where there is none.
    """
    for family in ("layer", "op", "loss"):
        row = lookup.find(family, call.name)
        if row is None or row.target != call.target or call.name in OF_ANY_AXIS:
            continue
        for argument in ("axis", "axis1"):
            written = call.get(argument)
            axis = lookup.keras_default(family, call.name, argument) if written is None else written
            axes = axis if isinstance(axis, tuple) else (axis,)
            if row.parameter(argument) and (0 in axes or axis is None):
                return argument
    return ""
