"""A text whose next token is to be said, as lines of Python: characters or bytes as ids."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from recipe.catalog.calls import Call
from recipe.eject.calls import text_source
from recipe.eject.lines import INDENT, wrapped
from recipe.eject.sources import is_divided, path_of, path_source, source_call
from recipe.program.programs import Program

# What unpacks a file, by how its name ends.
_UNPACKED: Mapping[str, str] = MappingProxyType(
    {".gz": "gzip.decompress({})", ".bz2": "bz2.decompress({})", ".xz": "lzma.decompress({})"}
)


def text_lines(program: Program) -> Iterator[str]:
    """The functions `read_text` and `load_splits`."""
    by_bytes = source_call(program)["tokens"] == "bytes"
    given, found = ("", "bytes") if by_bytes else (', encoding: str = "utf-8"', "str")
    yield f"def read_text(path: Path{given}) -> {found}:"
    yield f'{INDENT}"""All of a text, its line ends as they are."""'
    unpacked = unpacking(source_call(program)).format("path.read_bytes()")
    yield f"{INDENT}return {unpacked}" + ("" if by_bytes else '.decode(encoding).removeprefix("\\ufeff")')
    yield from ("", "")
    yield "def load_splits() -> dict[str, Examples]:"
    yield f'{INDENT}"""By part, the ids of all tokens but the last, and that of the token behind each."""'
    yield f"{INDENT}text = {_reading('DATA', source_call(program))}"
    if not by_bytes:
        yield f"{INDENT}characters = sorted(set(text))"
        yield f"{INDENT}id_of = {{character: number for number, character in enumerate(characters)}}"
    yield from _parts(program)
    yield f"{INDENT}splits = {{}}"
    yield f"{INDENT}for part, tokens in texts.items():"
    ids = "np.frombuffer(tokens, dtype=np.uint8).astype(np.int32)"
    if not by_bytes:
        ids = "np.array([id_of[character] for character in tokens], dtype=np.int32)"
    yield f"{2 * INDENT}ids = {ids}"
    yield f"{2 * INDENT}splits[part] = (ids[:-1], ids[1:])"
    yield f"{INDENT}return splits"


def unpacking(call: Call) -> str:
    """The expression that unpacks the bytes of a file, `{}`."""
    return _UNPACKED.get(path_of(call).suffix.lower(), "{}")


def _parts(program: Program) -> Iterator[str]:
    """The text of each part."""
    if is_divided(program):
        yield f"{INDENT}texts, start = {{}}, 0"
        yield f"{INDENT}for part, size in sizes_in_order(len(text)).items():"
        yield f"{2 * INDENT}texts[part], start = text[start : start + size], start + size"
    else:
        yield f'{INDENT}texts = {{"train": text}}'
    for part, call in program.data.sources.items():
        if part not in ("source", "train"):
            read = _reading(path_source(path_of(call), program), call)
            yield from wrapped(f"texts[{text_source(part)}] = {read}", INDENT)


def _reading(path: str, call: Call) -> str:
    encoding = str(call["encoding"])
    is_usual = call["tokens"] == "bytes" or encoding == "utf-8"
    return f"read_text({path}{'' if is_usual else f', {text_source(encoding)}'})"
