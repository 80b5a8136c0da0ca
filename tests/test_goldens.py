"""Every message exactly as its reader sees it.

The files beside say it: one for each hundred codes. `RECIPE_UPDATE_GOLDENS=1` writes them anew; read the
difference before you keep it.
"""

import os
import re
from collections.abc import Mapping
from functools import cache
from itertools import groupby
from pathlib import Path

import pytest

from recipe.diagnostics.codes import classes_by_code
from tests.goldens.cases import said

FOLDER = Path(__file__).parent / "goldens"
UPDATES = os.environ.get("RECIPE_UPDATE_GOLDENS") == "1"
KINDS = classes_by_code()
RULE = "=" * 100


def file_of(code: str) -> Path:
    return FOLDER / f"{code[:2]}00.txt"


@cache
def goldens() -> Mapping[str, str]:
    """The text of every code in the files."""
    found = {}
    for path in sorted(FOLDER.glob("*.txt")):
        parts = path.read_text(encoding="utf-8").split(f"{RULE}\n")[1:]
        for head, text in zip(parts[::2], parts[1::2], strict=True):
            found[head.strip()] = text.removesuffix("\n")
    return found


@pytest.fixture(scope="module")
def written():
    """What was said of each code, put into the files at the end where that was asked for."""
    found: dict[str, str] = {}
    yield found
    if UPDATES:
        texts = dict(goldens()) | found
        for path, codes in groupby(sorted(set(texts) & set(KINDS)), key=file_of):
            path.write_text("".join(f"{RULE}\n{code}\n{RULE}\n{texts[code]}\n" for code in codes), "utf-8")


@pytest.mark.parametrize("code", KINDS)
def test_a_message_reads_as_its_golden(code, written, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RECIPE_CACHE", str(tmp_path / ".cache"))
    text = written[code] = said(code)
    if not UPDATES:
        assert code in goldens(), "a code without a golden: run once with RECIPE_UPDATE_GOLDENS=1"
        assert text == goldens()[code]


def test_there_is_no_golden_of_a_code_that_is_gone():
    assert len(goldens()) > 200 or UPDATES
    assert set(goldens()) <= set(KINDS)


OUR_NAMES = sorted({kind.__name__ for kind in KINDS.values()} | {"MappingNode", "ScalarNode", "ListNode"})
OF_PYTHON = re.compile(
    r"Traceback|<class |object at 0x|\bSpan\("
    r"|(?<!Python's )\bNone\b|\bNoneType\b|\bdtype\(|\barray\(|frozenset"
)


@pytest.mark.parametrize("code", KINDS)
def test_no_message_speaks_of_the_inside_of_recipe(code):
    text = goldens().get(code, "")
    assert OF_PYTHON.findall(text) == []
    assert [name for name in OUR_NAMES if re.search(rf"\b{name}\b", text)] == []
    assert str(Path.home()) not in text
    assert "/tmp" not in text


def test_every_message_has_the_shape_of_a_message():
    for code, text in goldens().items():
        head = text.splitlines()[0]
        assert re.fullmatch(rf"(error|warning|perf|info)\[{code}\]: \S.*[^.]", head), head
        assert f"recipe explain {code}" in text
