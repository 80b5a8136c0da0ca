"""Windows of a series, and what follows each, as lines of NumPy and pandas."""

from collections.abc import Iterator

from recipe.eject.calls import source_of
from recipe.eject.lines import INDENT, wrapped
from recipe.eject.sources import facts_of, source_call
from recipe.program.facts import Scaling
from recipe.program.programs import Program


def series_lines(program: Program) -> Iterator[str]:
    """The functions `read_series` and `load_splits`."""
    call, facts = source_call(program), facts_of(program)
    seen, said = facts.columns[0].scaling, facts.targets[0].scaling
    if seen is None or said is None:
        raise ValueError("a series is expected")
    window, horizon = call["window"], call["horizon"]
    rows = "" if call["rows"] is None else f", nrows={call['rows']}"
    yield "def read_series() -> Array:"
    yield f'{INDENT}"""Columns over time, oldest first, `(steps, {len(seen.names)})`."""'
    yield f"{INDENT}table = pd.read_csv(DATA, encoding=ENCODING, dtype=str{rows})"
    yield from wrapped(f"columns = {source_of(seen.names)}", INDENT)
    yield f"{INDENT}return np.stack([[float(cell) for cell in table[name]] for name in columns], axis=1)"
    yield from ("", "")
    yield "def load_splits() -> dict[str, Examples]:"
    yield f'{INDENT}"""By part, {window} steps from each step on, and the {horizon} that follow them.'
    yield ""
    yield f"{INDENT}Parts follow each other in time; the first windows of one look back into that before."
    yield f'{INDENT}"""'
    yield f"{INDENT}values = read_series()"
    yield f"{INDENT}sizes = sizes_in_order(len(values))"
    if call["standardize"] is True:
        yield f'{INDENT}train = values[: sizes["train"]]'
        yield f"{INDENT}spread = train.std(axis=0)"
        yield f"{INDENT}values = (values - train.mean(axis=0)) / np.where(spread == 0, 1, spread)"
    yield f"{INDENT}values = values.astype(np.float32)"
    yield f"{INDENT}splits, stop = {{}}, 0"
    yield f"{INDENT}for part, size in sizes.items():"
    yield f"{2 * INDENT}start, stop = max(stop - {window}, 0), stop + size"
    yield f"{2 * INDENT}firsts = np.arange(start, stop - {window} - {horizon} + 1)[:, np.newaxis]"
    answers = f"values[firsts + np.arange({window}, {window} + {horizon})]{_chosen(seen, said)}"
    yield f"{2 * INDENT}splits[part] = (values[firsts + np.arange({window})], {answers})"
    yield f"{INDENT}return splits"


def _chosen(seen: Scaling, said: Scaling) -> str:
    """The columns that are forecast, where these are not all."""
    return "" if seen == said else f"[..., {[seen.names.index(name) for name in said.names]}]"
