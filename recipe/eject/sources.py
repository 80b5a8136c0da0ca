"""What the data of a Program is read from, and how it is divided: the constants of a script."""

import csv
import re
from bz2 import BZ2File
from collections.abc import Callable, Mapping
from gzip import GzipFile
from importlib import resources
from io import BufferedIOBase
from lzma import LZMAFile
from pathlib import Path

from recipe.catalog.calls import Call
from recipe.eject.calls import source_of, text_source
from recipe.eject.lines import wrapped
from recipe.program.facts import IGNORED, Facts, Target
from recipe.program.programs import Program

BUNDLED = {"digits": "digits.csv.gz", "penguins": "penguins.csv", "xor": "xor.csv"}
IN_ORDER = ("corpus", "series")
"""Sources that are divided by position."""
_SEPARATORS = (",", ";", "\t")
_PACKED: Mapping[str, Callable[[Path], BufferedIOBase]] = {".gz": GzipFile, ".bz2": BZ2File, ".xz": LZMAFile}
# What becomes of lines that settle a size where the spec writes every size as a share, or none.
_OF_SHARES = ((r" if isinstance\(share, float\) else share", ""),)
_OF_SIZES = (
    (r" +size = math\.floor.+\n", ""),
    (r"\bshare(\)?) in (.*)SHARES\b", r"size\1 in \2SIZES"),
    (r"\bSHARES\b", "SIZES"),
    (r"sizes = \{\}\n.+\n +sizes\[part\] = size\n", "sizes = dict(SIZES)\n"),
)
MISSING = ("NA", "N/A", "n/a", "NaN", "nan", "null", "NULL")


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
        return Path(str(resources.files("recipe") / "data" / "bundled" / BUNDLED[str(call["name"])]))
    return Path(str(call["path"])).expanduser().absolute()


def path_source(path: Path, program: Program) -> str:
    """The expression of a path, that of the training by its name."""
    return "DATA" if path == path_of(source_call(program)) else f"Path({text_source(str(path))})"


def masks_of(call: Call) -> Path:
    """The folder of the masks of a source."""
    return Path(str(call["masks"])).expanduser().absolute()


def separator_of(program: Program) -> str | None:
    """What parts the names of all columns in the first line of the file; None when nothing does."""
    path, facts = path_of(source_call(program)), facts_of(program)
    names = {column.name for column in facts.columns}
    names |= {target.column or target.name for target in facts.targets}
    if (scaling := facts.columns[0].scaling) is not None:
        names = {*scaling.names}
    if not path.is_file():
        return None
    with _PACKED.get(path.suffix.lower(), _plain)(path) as file:
        line = file.readline().decode("utf-8-sig", errors="replace")
    for separator in _SEPARATORS:
        if names <= set(next(csv.reader([line], delimiter=separator), [])):
            return separator
    return None


def _plain(path: Path) -> BufferedIOBase:
    return path.open("rb")


def constants(program: Program) -> list[str]:
    """Where the data lie, and how they are written."""
    call = source_call(program)
    lines = [f"DATA = Path({text_source(str(path_of(call)))})"]
    if is_table(program):
        encoding = call.get("encoding") or "utf-8"
        lines += [f"SEPARATOR = {source_of(separator_of(program))}", f"ENCODING = {source_of(str(encoding))}"]
        lines += [f"MISSING = {source_of(MISSING)}"]
    target = facts_of(program).targets[0]
    if call.name == "corpus":
        lines.append(f"CONTEXT = {call['context']}")
    if call.name == "series":
        lines.append(f"ENCODING = {source_of(str(call['encoding']))}")
    if target.is_mask:
        lines += _codes(target)
    elif target.classes and (is_table(program) or call.name == "images"):
        lines += wrapped(f"CLASSES = {source_of(target.classes)}")
    if is_divided(program):
        name = "SIZES" if _kinds(program) == {int} else "SHARES"
        lines.append(f"{name} = {source_of(split_shares(program))}")
    split = program.data.split
    if split.folds:
        lines.append(f"FOLDS, FOLD = {split.folds}, {split.fold - 1}  # counted from 0")
    return lines


def _codes(target: Target) -> list[str]:
    """The index of the class of each value of a pixel."""
    if target.above is not None:
        return [f"CLASS_OF = (np.arange(256) > {source_of(target.above)}).astype(np.uint8)"]
    return [
        f"CLASS_OF = np.full(256, {IGNORED}, dtype=np.uint8)  # which is no class",
        *wrapped(f"CLASS_OF[list({source_of(target.values)})] = np.arange({len(target.values)})"),
    ]


def split_shares(program: Program) -> Mapping[str, float | int]:
    """What is taken from the one source: a share, or a number of examples; the test first.

    Beside folds a share is one of all examples, not of those that the fold leaves, and said as their number.
    """
    split, given = program.data.split, program.data.sources
    asked = {"test": split.test, "validation": split.validation}
    if split.folds:
        asked = {part: facts_of(program).examples[part] for part, share in asked.items() if share}
    return {part: share for part, share in asked.items() if share and part not in given}


def is_divided(program: Program) -> bool:
    """Whether parts are made of the training source."""
    return bool(split_shares(program) or program.data.split.folds)


def split_parts(program: Program) -> tuple[str, ...]:
    """The functions that divide examples, by the names of their files."""
    split = program.data.split
    if not is_divided(program):
        return ()
    if source_call(program).name in IN_ORDER:
        return ("sizes_in_order",)
    way = "by_group" if split.group is not None else "by_class" if split.stratified else "at_random"
    return (f"split_{way}", *(("split_fold",) if split.folds else ()))


def with_sizes(text: str, program: Program) -> str:
    """The functions that divide examples, without the ways to write a size that the spec does not have."""
    kinds = _kinds(program)
    for found, said in _OF_SHARES if kinds == {float} else _OF_SIZES if kinds == {int} else ():
        text = re.sub(found, said, text)
    return text


def _kinds(program: Program) -> set[type]:
    """Whether sizes are shares, or numbers of examples."""
    return {type(share) for share in split_shares(program).values()}
