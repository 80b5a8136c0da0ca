"""Stored arrays of a Program as lines of NumPy."""

from collections.abc import Iterator

from recipe.catalog.calls import Call
from recipe.eject.calls import text_source
from recipe.eject.lines import INDENT, wrapped
from recipe.eject.pictures import picture_lines
from recipe.eject.sources import facts_of, masks_of, path_of, path_source, source_call, split_shares
from recipe.program.facts import Target
from recipe.program.programs import Program


def array_lines(program: Program) -> Iterator[str]:
    """The functions `read_examples` and `load_splits` of stored arrays."""
    sources = program.data.sources
    yield from _READ[source_call(program).name](program)
    yield from ("", "")
    yield "def load_splits() -> dict[str, Examples]:"
    yield f'{INDENT}"""Inputs and targets by part."""'
    parts = {"train" if part == "source" else part: call for part, call in sources.items()}
    if len(parts) == 1 and not split_shares(program):
        yield f'{INDENT}return {{"train": {_reading(parts["train"], program)}}}'
        return
    if len(parts) == 1:
        yield f"{INDENT}inputs, targets = {_reading(parts['train'], program)}"
        yield f"{INDENT}rows = split_rows({_split_argument(program)})"
        yield f"{INDENT}return {{part: (inputs[chosen], targets[chosen]) for part, chosen in rows.items()}}"
        return
    divides = bool(split_shares(program))
    yield f"{INDENT}{'splits =' if divides else 'return'} {{"
    for part, call in parts.items():
        yield from wrapped(f"{text_source(part)}: {_reading(call, program)},", 2 * INDENT)
    yield f"{INDENT}}}"
    if divides:
        yield f'{INDENT}inputs, targets = splits["train"]'
        yield f"{INDENT}for part, rows in split_rows({_split_argument(program)}).items():"
        yield f"{2 * INDENT}splits[part] = (inputs[rows], targets[rows])"
        yield f"{INDENT}return splits"


def _split_argument(program: Program) -> str:
    is_column = facts_of(program).targets[0].kind == "flag"
    return "targets.reshape(-1)" if program.data.split.stratified and is_column else "targets"


def _read_digits(program: Program) -> Iterator[str]:
    yield "def read_examples() -> Examples:"
    yield f'{INDENT}"""1,797 images of 8 x 8 pixels, 0 to 16, and the digit that each shows."""'
    yield f'{INDENT}numbers = np.loadtxt(DATA, dtype=np.uint8, delimiter=",")'
    yield f"{INDENT}inputs, targets = numbers[:, :-1].reshape(-1, 8, 8, 1), numbers[:, -1]"
    yield f"{INDENT}return inputs, targets.astype(np.int32)"


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


_READ = {"bundled": _read_digits, "npz": _read_npz, "images": picture_lines}


def _array_target(target: Target) -> str:
    return {
        "category": "targets.reshape(-1).astype(np.int32)",
        "labels": "targets.astype(np.float32)",
        "flag": "targets.reshape(-1, 1).astype(np.float32)",
        "number": "targets.reshape(-1, 1).astype(np.float32)",
    }[target.kind]


def _reading(call: Call, program: Program) -> str:
    if call.name == "bundled":
        return "read_examples()"
    if call.name == "images":
        paths = [path_of(call), *([masks_of(call)] if call.get("masks") is not None else [])]
        return f"read_examples({', '.join(path_source(path, program) for path in paths)})"
    names = [one[0] if isinstance(one, tuple) else one for one in (call["features"], call["target"])]
    arrays = ", ".join(text_source(str(name)) for name in names)
    return f"read_examples({path_source(path_of(call), program)}, {arrays})"
