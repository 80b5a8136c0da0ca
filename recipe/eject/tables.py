"""The columns of a table of a Program as lines of NumPy and pandas: how cells become numbers."""

from collections.abc import Iterable, Iterator, Sequence

from recipe.catalog import lookup
from recipe.eject.calls import source_of, text_source
from recipe.eject.lines import INDENT, wrapped
from recipe.eject.sources import facts_of, is_divided, path_of, path_source
from recipe.program.facts import IDS, TOKENIZER, Column, Facts, Target
from recipe.program.programs import Program

# How a scale is printed, from the expression of all numbers and the known ones.
_SCALES = {
    "standard": "scaled(*{numbers})",
    "robust": "scaled(*{numbers}, np.median, quartile_distance)",
    "minmax": "scaled(*{numbers}, np.min, np.ptp)",
    "log": "scaled(*map(np.log1p, {numbers}))",
    "quantile": "normal_scores(*{numbers})",
    "none": "as_column({numbers}[0])",
}
_PARTED = ("text", "labels", "sequence")  # kinds whose cells are more than one name
_UNPRINTED = {"bins": "hashing", "parts": "date", TOKENIZER: "tokenizer"}


def column_refusals(program: Program) -> Iterator[tuple[str, str]]:
    """Columns of a table that cannot be printed, each with what is there."""
    facts, split = facts_of(program), program.data.split
    for column in facts.columns:
        odd = [word for statistic, word in _UNPRINTED.items() if statistic in column.statistics]
        if odd:
            yield f"data.features.{column.name}", f"`{odd[0]}`"
    if split.folds and split.group is not None:
        yield "data.split.group", f"`{split.group}` in folds"


def table_lines(program: Program) -> Iterator[str]:
    """The functions `read_table`, `encode` and `load_splits`."""
    if _changes(program):
        yield from _reading(program)
        yield from ("", "")
    yield from _encoding(program)
    yield from ("", "")
    yield from _loading(program)


def _reading(program: Program) -> Iterator[str]:
    facts = facts_of(program)
    yield "def read_table(path: Path) -> pd.DataFrame:"
    yield f'{INDENT}"""The rows that are used, their cells as they are named."""'
    yield f"{INDENT}table = read_cells(path)"
    for target in facts.targets:
        yield from _derived(target)
    for name in _numbered(facts):
        column = f"table[{text_source(name)}]"
        yield f"{INDENT}{column} = {column}.map(name_of)"
    used = list(_dropping(program))
    if used:
        yield f"{INDENT}# A row with an empty cell is left out."
        yield from wrapped(f"used = [{', '.join(map(text_source, used))}]", INDENT)
        yield f'{INDENT}return table[(table[used] != "").all(axis=1)]'
        return
    yield f"{INDENT}return table"


def _changes(program: Program) -> bool:
    """Whether cells are renamed, made of others, or left out with their rows."""
    facts = facts_of(program)
    derived = any(target.column for target in facts.targets)
    return derived or any(_numbered(facts)) or any(_dropping(program))


def _derived(target: Target) -> Iterator[str]:
    """A flag that is made of a column."""
    if not target.column:
        return
    column = f"table[{text_source(target.column)}]"
    if target.above is not None:
        column = f'[str(int(float(cell) > {target.above})) if cell else "" for cell in {column}]'
    yield from wrapped(f"table[{text_source(target.name)}] = {column}", INDENT)


def _numbered(facts: Facts) -> Iterator[str]:
    """Columns whose names are numbers, where `3` and `3.0` are one."""
    named = [(one.name, _names(one)) for one in facts.columns if one.kind not in _PARTED]
    named += [(one.name, one.classes) for one in facts.targets if not one.column and not one.separator]
    return (name for name, words in named if any(map(_is_number, words)))


def _flag_cells(table: str, name: str, words: Sequence[str]) -> str:
    """The cells of a flag; words in lower case stand for those in upper case too."""
    is_lower = all(word == word.lower() for word in words) and not any(map(_is_number, words))
    return f"{table}[{text_source(name)}]{'.str.lower()' if is_lower else ''}"


def _dropping(program: Program) -> Iterator[str]:
    """The columns for an empty cell of which a row is left out."""
    facts, group = facts_of(program), program.data.split.group
    names = [*(column.name for column in facts.columns), *(target.name for target in facts.targets)]
    for name in dict.fromkeys([*names, *([group] if group else [])]):
        if _policy(program, name) == "drop":
            yield name


def _encoding(program: Program) -> Iterator[str]:
    facts = facts_of(program)
    yield "def encode(table: pd.DataFrame, train: pd.DataFrame) -> Examples:"
    parts = "Inputs and targets" if program.data.weight is None else "Inputs, targets and weights"
    yield f'{INDENT}"""{parts}; what must be learned of a column is that of the training rows."""'
    inputs = {
        name: _ids(program, facts.columns_of(name)[0])
        for name, fact in facts.inputs.items()
        if fact.dtype == IDS
    }
    joined = next((name for name in facts.inputs if name not in inputs), None)
    if joined is not None:
        yield f"{INDENT}columns = ["
        for column in facts.columns_of(joined):
            for expression in _expressions(program, column):
                yield from wrapped(f"{expression},", 2 * INDENT)
        yield f"{INDENT}]"
        inputs = {joined: "np.concatenate(columns, axis=1)", **inputs}
    if len(inputs) == 1:
        yield from wrapped(f"inputs = {next(iter(inputs.values()))}", INDENT)
    else:
        yield f"{INDENT}inputs = {{"
        for name, expression in inputs.items():
            yield from wrapped(f"{text_source(name)}: {expression},", 2 * INDENT)
        yield f"{INDENT}}}"
    found = f"inputs, {_target(facts.targets[0])}"
    if (weight := program.data.weight) is not None:
        numbers = f"[float(cell) for cell in table[{text_source(weight)}]]"
        yield f"{INDENT}weights = np.array({numbers}, dtype=np.float32)"
        found += ", weights"
    yield from wrapped(f"return {found}", INDENT)


def _loading(program: Program) -> Iterator[str]:
    sources = {"train" if part == "source" else part: call for part, call in program.data.sources.items()}
    paths = {part: path_source(path_of(call), program) for part, call in sources.items()}
    yield "def load_splits() -> dict[str, Examples]:"
    yield f'{INDENT}"""Encoded inputs and targets by part."""'
    read = "read_table" if _changes(program) else "read_cells"
    yield f"{INDENT}table = {read}(DATA)"
    if is_divided(program):
        way = "split_fold" if program.data.split.folds else "split_rows"
        yield f"{INDENT}rows = {way}({_keys(program)})"
        yield f"{INDENT}tables = {{part: table.iloc[chosen] for part, chosen in rows.items()}}"
    else:
        yield f'{INDENT}tables = {{"train": table}}'
    for part, path in paths.items():
        if part != "train":
            yield f"{INDENT}tables[{text_source(part)}] = {read}({path})"
    yield f'{INDENT}return {{part: encode(some, tables["train"]) for part, some in tables.items()}}'


def _keys(program: Program) -> str:
    """What the rows are divided by."""
    split, (target, *_) = program.data.split, facts_of(program).targets
    if split.group is not None:
        return f"table[{text_source(split.group)}].to_numpy()"
    if split.stratified:
        return _labels(target)
    return "np.zeros(len(table))" if split.folds else "table"


def _labels(target: Target) -> str:
    """The class of every row as it is written there: of a flag, `Yes` and `yes` are divided apart."""
    if target.kind == "flag" and not any(map(_is_number, target.classes)):
        return f"pd.factorize(table[{text_source(target.name)}], sort=True)[0]"
    return f"{_target(target)}{'.reshape(-1)' if target.kind == 'flag' else ''}"


def _target(target: Target) -> str:
    name = text_source(target.name)
    if target.kind == "labels":
        return f"label_indicators(table[{name}], {text_source(target.separator)}, CLASSES)"
    if target.is_sequence:
        return _steps(target)
    if target.kind == "category":
        return f"np.array([CLASSES.index(cell) for cell in table[{name}]], dtype=np.int32)"
    if target.kind == "flag":
        return f"flags({_flag_cells('table', target.name, target.classes)}, CLASSES)"
    return _SCALES[target.scale].format(numbers=f"numbers_of(table[{name}], train[{name}])")


def _steps(target: Target) -> str:
    """The class, or the number on its scale, of each step; -1 or NaN behind the last."""
    name, separator, length = text_source(target.name), text_source(target.separator), target.shape[0]
    if target.kind == "category":
        return f"step_classes(table[{name}], {separator}, CLASSES, {length})"
    numbers = f"step_numbers(table[{name}], train[{name}], {separator}, {length})"
    return f"{_SCALES[target.scale].format(numbers=numbers)}.reshape(-1, {length}, 1)"


def _expressions(program: Program, column: Column) -> Iterator[str]:
    """What a column becomes in the vector, piece by piece."""
    name, statistics = text_source(column.name), column.statistics
    mean = ", fill=np.mean" if _policy(program, column.name) == "mean" else ""
    if column.kind == "number":
        numbers = f"numbers_of(table[{name}], train[{name}]{mean})"
        yield _SCALES[str(statistics["scaling"])].format(numbers=numbers)
    elif column.kind == "category":
        yield f"indicators(table[{name}], {_categories(program, column)})"
    elif column.kind == "sequence":
        yield _numbers_of_steps(column)
    elif column.kind == "labels":
        separator = text_source(str(statistics["separator"]))
        yield f"label_indicators(table[{name}], {separator}, {source_of(_names(column))})"
    elif "fill" in statistics:
        cells, train = (_flag_cells(table, column.name, _names(column)) for table in ("table", "train"))
        yield f"as_column(numbers_of({cells}, {train}, {source_of(_names(column))}.index{mean})[0])"
    else:
        cells = _flag_cells("table", column.name, _names(column))
        yield f"flags({cells}, {source_of(_names(column))})"
    if "indicator" in statistics:
        yield f"missing(table[{name}])"


def _numbers_of_steps(column: Column) -> str:
    """The numbers of a sequence on their scale, 0 behind the last."""
    name, statistics = text_source(column.name), column.statistics
    parted = f"{text_source(str(statistics['separator']))}, {column.width}"
    numbers = f"step_numbers(table[{name}], train[{name}], {parted})"
    scaled = _SCALES[str(statistics["scaling"])].format(numbers=numbers)
    return f"np.nan_to_num({scaled}).reshape(-1, {column.width}, 1)"


def _ids(program: Program, column: Column) -> str:
    """The ids of an embedded category, of the words of a text, or of the steps of a sequence."""
    name, statistics = text_source(column.name), column.statistics
    if column.kind not in _PARTED:
        return f"ids(table[{name}], {_categories(program, column)})"
    written = program.data.features[column.name]
    size = written.get("vocabulary") if written is not None else None
    if column.kind == "sequence":
        separator = text_source(str(statistics["separator"]))
        size = int(str(statistics["vocabulary"])) if size is None else size
        known = f"step_vocabulary(train[{name}], {separator}, {size})"
        return f"step_ids(table[{name}], {separator}, {known}, {column.width})"
    return f"word_ids(table[{name}], vocabulary(train[{name}], {size}), {statistics['length']})"


def _categories(program: Program, column: Column) -> str:
    """The categories in their order: found in the training rows where a line of Python can say how."""
    names, cells = _names(column), f"train[{text_source(column.name)}]"
    found = f"set({cells})"
    if "rare" in column.statistics:
        written = program.data.features[column.name]
        found = f"frequent({cells}, {written.get('minimum_count') if written is not None else 1})"
    if all(map(_is_number, names)) and _is_sorted([float(name) for name in names]):
        return f"sorted({found}, key=float)"
    return f"sorted({found})" if _is_sorted(names) else source_of(names)


def _is_sorted(values: Sequence[float] | Sequence[str]) -> bool:
    return list(values) == sorted(set(values))  # type: ignore[type-var]


def _policy(program: Program, name: str) -> str:
    """What becomes of the missing cells of a column."""
    plan = program.data
    written = {**plan.features, **plan.targets}.get(name)
    if written is None:
        return plan.missing
    row = lookup.find("kind", written.name)
    default = row.parameter("missing") if row else None
    return str(written.get("missing") or (default and default.default) or plan.missing)


def _names(column: Column) -> tuple[str, ...]:
    words = column.statistics.get("categories")
    return tuple(map(str, words)) if isinstance(words, Iterable) and not isinstance(words, str) else ()


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True
