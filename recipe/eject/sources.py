"""The data of a Program as lines of NumPy and pandas: what is read, and what becomes of it."""

import csv
from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path

from recipe.catalog import lookup
from recipe.catalog.calls import Call
from recipe.eject.calls import source_of, text_source
from recipe.eject.lines import INDENT, wrapped
from recipe.program.facts import Column, Facts, Target
from recipe.program.programs import Program

_BUNDLED = {"digits": "digits.csv.gz", "penguins": "penguins.csv", "xor": "xor.csv"}
_SEPARATORS = (",", ";", "\t")
_POLICIES = ("error", "drop")
_PRINTED = ("name", "path", "features", "target", "separator", "encoding", "header")
MISSING = ("NA", "N/A", "n/a", "NaN", "nan", "null", "NULL")


def data_refusals(program: Program) -> list[tuple[str, str]]:
    """Parts of the data that cannot be printed, each with what is there."""
    plan, facts = program.data, facts_of(program)
    found = [
        (f"data.{part}", what) for part, call in plan.sources.items() if (what := _refused(call, program))
    ]
    if len(facts.inputs) > 1:
        found.append(("architecture.inputs", f"{len(facts.inputs)} inputs"))
    if len(facts.targets) > 1 or facts.targets[0].is_array:
        found.append(("data.target", "several answers for an example"))
    if is_table(program) and len(plan.sources) > 1:
        found.append(("data", "a table for each part"))
    if plan.split.group is not None:
        found.append(("data.split.group", f"`{plan.split.group}`"))
    if plan.split.time is not None:
        found.append(("data.split.time", f"`{plan.split.time}`"))
    if plan.split.folds:
        found.append(("data.split.folds", f"{plan.split.folds} folds"))
    return found + _column_refusals(program)


def _refused(call: Call, program: Program) -> str:
    """What keeps a source from being printed; empty when nothing does."""
    if call.name == "bundled" and call["name"] not in _BUNDLED:
        return f"the generated set `{call['name']}`"
    if call.name not in ("bundled", "npz", "csv"):
        return f"`{call.name}`"
    if not path_of(call).is_file():
        return "several files"
    if unprinted := _unprinted(call):
        return f"`{unprinted}`"
    is_named = not is_table(program) or separator_of(program) is not None
    return "" if is_named else "a file whose first line does not name the columns"


def _unprinted(call: Call) -> str:
    """The first argument that says otherwise than its default how a file is written; empty if none does."""
    row = lookup.find("source", call.name)
    parameters = row.parameters if row else ()
    changed = (one.name for one in parameters if one.name in call and call[one.name] != one.default)
    return next((name for name in changed if name not in _PRINTED), "")


def _column_refusals(program: Program) -> list[tuple[str, str]]:
    plan, facts = program.data, facts_of(program)
    found = [(f"data.features.{one.name}", _encoding_of(one)) for one in facts.columns if not _is_plain(one)]
    filled = [column.name for column in facts.columns if "fill" in column.statistics]
    if plan.missing not in _POLICIES or filled:
        found.append(("data.missing", f"cells to be filled of {', '.join(filled) or 'no column'}"))
    own = [one.name for one in facts.columns if "dropped" in one.statistics and plan.missing != "drop"]
    if own or (plan.missing == "drop" and not is_table(program)):
        found.append(("data.missing", "`drop`, for some columns alone"))
    target = facts.targets[0]
    if target.scale != "none":
        found.append(("data.target", f"the scale `{target.scale}`"))
    if target.column:
        found.append(("data.target", f"a flag that is made of `{target.column}`"))
    words = [column.statistics.get("categories") for column in facts.columns if column.kind == "flag"]
    words += [target.classes] if target.kind == "flag" else []
    if is_table(program) and any(pair != ("0", "1") for pair in words):
        found.append(("data.features", "a flag with words"))
    if not is_table(program) and target.kind != "number" and not _counts_from_zero(target.classes):
        found.append(("data.target", "classes that are not numbered from 0"))
    return found


def _is_plain(column: Column) -> bool:
    """Whether a column becomes numbers in one of the ways that can be printed."""
    statistics = column.statistics
    odd = {"bins", "embedding", "rare", "indicator", "parts"} & set(statistics)
    return column.kind != "text" and not odd and statistics.get("scaling", "standard") == "standard"


def _encoding_of(column: Column) -> str:
    """How messages call the encoding of a column that cannot be printed."""
    if column.kind == "number" and "indicator" not in column.statistics:
        return f"the scale `{column.statistics['scaling']}`"
    if column.kind == "text":
        return "`text`"
    names = {"bins": "hashing", "rare": "minimum_count", "indicator": "missing: indicator", "parts": "date"}
    return next(f"`{names.get(one, one)}`" for one in (*names, "embedding") if one in column.statistics)


def facts_of(program: Program) -> Facts:
    """The facts of a settled Program."""
    if program.facts is None:
        raise ValueError("a Program with facts is expected")
    return program.facts


def is_table(program: Program) -> bool:
    """Whether the features are columns of cells, not a stored array."""
    return not any(column.is_array for column in facts_of(program).columns)


def source_call(program: Program) -> Call:
    """The source that is read, of several that of the training."""
    sources = program.data.sources
    return sources["source"] if "source" in sources else sources["train"]


def path_of(call: Call) -> Path:
    """The file of a source; a set that ships with recipe is a file too."""
    if call.name == "bundled":
        return Path(str(resources.files("recipe") / "data" / "bundled" / _BUNDLED[str(call["name"])]))
    return Path(str(call["path"])).expanduser().absolute()


def separator_of(program: Program) -> str | None:
    """What parts the names of all columns in the first line of the file; None when nothing does."""
    path, facts = path_of(source_call(program)), facts_of(program)
    names = {column.name for column in facts.columns} | {target.name for target in facts.targets}
    if not path.is_file():
        return None
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        line = file.readline()
    for separator in _SEPARATORS:
        if names <= set(next(csv.reader([line], delimiter=separator), [])):
            return separator
    return None


def constants(program: Program) -> list[str]:
    """Where the data lie, and how they are written."""
    call = source_call(program)
    lines = [f"DATA = Path({text_source(str(path_of(call)))})"]
    if is_table(program):
        encoding = call.get("encoding") or "utf-8"
        lines += [f"SEPARATOR = {source_of(separator_of(program))}", f"ENCODING = {source_of(str(encoding))}"]
        lines += [f"MISSING = {source_of(MISSING)}"]
    target = facts_of(program).targets[0]
    if target.classes and is_table(program):
        lines += wrapped(f"CLASSES = {source_of(target.classes)}")
    shares = split_shares(program)
    if shares:
        lines.append(f"SHARES = {source_of(shares)}")
    return lines


def split_shares(program: Program) -> Mapping[str, float | int]:
    """What is taken from the one source: a share, or a number of examples; the test first."""
    split, given = program.data.split, program.data.sources
    asked = {"test": split.test, "validation": split.validation}
    return {part: share for part, share in asked.items() if share and part not in given}


def _counts_from_zero(classes: tuple[str, ...]) -> bool:
    return classes == tuple(map(str, range(len(classes))))


def table_lines(program: Program) -> Iterator[str]:
    """The functions `encode_features` and `load_splits` of a table."""
    facts = facts_of(program)
    yield "def encode_features(table: pd.DataFrame, train: pd.DataFrame) -> Array:"
    width = facts.inputs[next(iter(facts.inputs))].shape[0]
    yield f'{INDENT}"""The columns as numbers, statistics from the training rows alone, `(rows, {width})`."""'
    yield f"{INDENT}columns = ["
    for column in facts.columns:
        yield from wrapped(f"{_column(column)},", 2 * INDENT)
    yield f"{INDENT}]"
    yield f"{INDENT}return np.concatenate(columns, axis=1)"
    yield from ("", "")
    yield "def load_splits() -> dict[str, Examples]:"
    yield f'{INDENT}"""Encoded inputs and targets by part."""'
    yield f"{INDENT}table = read_cells()"
    yield from _normalized(facts)
    if program.data.missing == "drop":
        used = [*(column.name for column in facts.columns), facts.targets[0].name]
        yield f"{INDENT}# A row with an empty cell is left out."
        yield from wrapped(f"used = [{', '.join(map(text_source, used))}]", INDENT)
        yield f'{INDENT}table = table[(table[used] != "").all(axis=1)]'
    yield f"{INDENT}targets = {_table_target(facts.targets[0])}"
    if not split_shares(program):
        yield f'{INDENT}return {{"train": (encode_features(table, table), targets)}}'
        return
    yield f"{INDENT}rows = split_rows({_split_argument(program)})"
    yield f'{INDENT}inputs = encode_features(table, table.iloc[rows["train"]])'
    yield f"{INDENT}return {{part: (inputs[chosen], targets[chosen]) for part, chosen in rows.items()}}"


def _normalized(facts: Facts) -> Iterator[str]:
    """Lines that make one name of `3` and `3.0`, where names are numbers."""
    named = [(one.name, one.statistics.get("categories")) for one in facts.columns]
    named += [(one.name, one.classes) for one in facts.targets]
    for name, words in named:
        if isinstance(words, tuple) and any(_is_number(str(word)) for word in words):
            column = f"table[{text_source(name)}]"
            yield f'{INDENT}{column} = {column}.str.replace(r"^([+-]?[0-9]+)\\.0*$", r"\\1", regex=True)'


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True


def _column(column: Column) -> str:
    name = text_source(column.name)
    if column.kind == "number":
        return f"standardized(table[{name}], train[{name}])"
    words = column.statistics.get("categories")
    names = tuple(map(str, words)) if isinstance(words, tuple) else ()
    if column.kind == "flag":
        return f"flags(table[{name}], {source_of(names)})"
    if list(names) == sorted(names) and not any(map(_is_number, names)):
        return f"indicators(table[{name}], sorted(set(train[{name}])))"
    return f"indicators(table[{name}], {source_of(names)})"


def _table_target(target: Target) -> str:
    cells = f"table[{text_source(target.name)}]"
    return {
        "category": f"np.array([CLASSES.index(cell) for cell in {cells}], dtype=np.int32)",
        "flag": f"flags({cells}, CLASSES)",
        "number": f"np.array([[float(cell)] for cell in {cells}], dtype=np.float32)",
    }[target.kind]


def _split_argument(program: Program) -> str:
    if not program.data.split.stratified:
        return "len(targets)"
    return "targets.reshape(-1).astype(int)"


def array_lines(program: Program) -> Iterator[str]:
    """The functions `read_examples` and `load_splits` of stored arrays."""
    sources = program.data.sources
    bundled = source_call(program).name == "bundled"
    yield from _read_digits(program) if bundled else _read_npz(program)
    yield from ("", "")
    yield "def load_splits() -> dict[str, Examples]:"
    yield f'{INDENT}"""Inputs and targets by part."""'
    parts = {"train" if part == "source" else part: call for part, call in sources.items()}
    if len(parts) == 1 and not split_shares(program):
        yield f'{INDENT}return {{"train": {_reading(parts["train"])}}}'
        return
    if len(parts) == 1:
        yield f"{INDENT}inputs, targets = {_reading(parts['train'])}"
        yield f"{INDENT}rows = split_rows({_split_argument(program)})"
        yield f"{INDENT}return {{part: (inputs[chosen], targets[chosen]) for part, chosen in rows.items()}}"
        return
    yield f"{INDENT}splits = {{"
    for part, call in parts.items():
        yield from wrapped(f"{text_source(part)}: {_reading(call)},", 2 * INDENT)
    yield f"{INDENT}}}"
    if split_shares(program):
        yield f'{INDENT}inputs, targets = splits["train"]'
        yield f"{INDENT}for part, rows in split_rows({_split_argument(program)}).items():"
        yield f"{2 * INDENT}splits[part] = (inputs[rows], targets[rows])"
    yield f"{INDENT}return splits"


def _read_digits(program: Program) -> Iterator[str]:
    yield "def read_examples() -> Examples:"
    yield f'{INDENT}"""1,797 images of 8 x 8 pixels, 0 to 16, and the digit that each shows."""'
    yield f'{INDENT}numbers = np.loadtxt(DATA, dtype=np.uint8, delimiter=",")'
    yield f"{INDENT}inputs, targets = numbers[:, :-1].reshape(-1, 8, 8, 1), numbers[:, -1]"
    yield f"{INDENT}return inputs, {_array_target(facts_of(program).targets[0])}"


def _read_npz(program: Program) -> Iterator[str]:
    facts = facts_of(program)
    fact = next(iter(facts.inputs.values()))
    shape = ", ".join(map(str, (-1, *fact.shape)))
    yield "def read_examples(path: Path, features: str, target: str) -> Examples:"
    yield f'{INDENT}"""Two arrays of a file; examples of shape {fact.shape}."""'
    yield f"{INDENT}with np.load(path) as arrays:"
    yield f"{2 * INDENT}inputs, targets = arrays[features], arrays[target]"
    yield f"{INDENT}inputs = inputs.reshape({shape}).astype(np.{fact.dtype})"
    yield f"{INDENT}return inputs, {_array_target(facts.targets[0])}"


def _array_target(target: Target) -> str:
    return {
        "category": "targets.reshape(-1).astype(np.int32)",
        "flag": "targets.reshape(-1, 1).astype(np.float32)",
        "number": "targets.reshape(-1, 1).astype(np.float32)",
    }[target.kind]


def _reading(call: Call) -> str:
    if call.name == "bundled":
        return "read_examples()"
    names = [one[0] if isinstance(one, tuple) else one for one in (call["features"], call["target"])]
    arrays = ", ".join(text_source(str(name)) for name in names)
    return f"read_examples(Path({text_source(str(path_of(call)))}), {arrays})"
