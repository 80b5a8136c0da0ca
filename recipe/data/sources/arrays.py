"""Source `arrays`: arrays that a Python program gives, by name."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recipe.catalog.calls import Call
from recipe.data.sources.npz import check, names_in, table_of
from recipe.data.tables import Table
from recipe.diagnostics.data_arrays import UnknownArray
from recipe.diagnostics.data_sources import NothingGiven
from recipe.diagnostics.problems import Problem

GIVEN = "arrays"


def read(call: Call, problems: list[Problem]) -> Table | None:
    """Nothing, and the Problem that says so: there is no program that could give the arrays."""
    names = dict.fromkeys((*names_in(call, "features"), *names_in(call, "target")))
    problems.append(NothingGiven(call.origin.span, tuple(names)))
    return None


def read_given(call: Call, given: Mapping[str, Any], problems: list[Problem]) -> Table | None:
    """The table of an `arrays` Call (`features`, `target`); None after a Problem.

    Args:
        call: of the source.
        given: whatever NumPy makes an array of, by name.
        problems: R507 and R513 to R516 are appended.
    """
    found = {role: _arrays(call, role, given, problems) for role in ("features", "target")}
    if any(len(found[role]) < len(names_in(call, role)) for role in found):
        return None
    if not check(found, GIVEN, call, problems):
        return None
    return table_of(((GIVEN, found),))


def _arrays(
    call: Call, role: str, given: Mapping[str, Any], problems: list[Problem]
) -> dict[str, NDArray[np.generic]]:
    found = {}
    for name in names_in(call, role):
        if name in given:
            found[name] = _array(given[name])
        else:
            problems.append(UnknownArray(call.span_of(role), GIVEN, name, tuple(given)))
    return found


def _array(values: Any) -> NDArray[np.generic]:
    """What NumPy makes of values; texts of pandas become texts of NumPy, None and NaN among them empty."""
    try:
        array = np.asarray(values)
    except ValueError:  # rows of different lengths
        return np.empty(len(values), dtype=np.object_)
    if array.dtype.kind != "O" or array.ndim != 1:
        return array
    texts = ["" if one is None or one != one else one for one in array.tolist()]  # noqa: PLR0124 - NaN
    return np.asarray(texts, dtype=np.str_) if all(isinstance(text, str) for text in texts) else array
