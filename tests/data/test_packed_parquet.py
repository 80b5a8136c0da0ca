"""A Parquet file larger than memory gives what it gives when it is read whole, bit for bit."""

import datetime
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from recipe.data import predicting
from recipe.data.packing import building
from recipe.data.packing.columns import MappedCells
from recipe.data.packing.mapped import Mapped
from recipe.data.packing.packs import pack_folders, packs_folder
from recipe.data.sources import packed_tables, parquet, parquet_work
from recipe.program.plans import Split
from tests.data.plans import plan_of, source
from tests.data.test_packed_tables import KINDS, assert_same, assert_same_arrays, lines_of

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.usefixtures("own_cache")
PARTS = Split(validation=0.1, test=0.2, stratified=False, group=None)


@pytest.fixture
def small_memory(monkeypatch, small_blocks):
    """From when it is called on, no file fits into memory; columns are of many texts from 40 on."""

    def shrink() -> None:
        monkeypatch.setattr(parquet, "memory_left", lambda: 0)
        small_blocks()

    return shrink


@pytest.fixture
def save(tmp_path):
    def save_table(table, name="data.parquet", **options):
        path = tmp_path / name
        pq.write_table(table if isinstance(table, pa.Table) else pa.table(table), path, **options)
        return path

    return save_table


def shop_table(seed: int = 0):
    """The columns of a shop in the types that programs write them in, every ninth size missing."""
    names, *rows = [line.split(",") for line in lines_of(seed=seed)]
    texts = {name: [row[position] for row in rows] for position, name in enumerate(names[:4])}
    days = [datetime.date.fromisoformat(row[-2]) for row in rows]
    return pa.table(
        {
            "size": pa.array([float(text) if text else None for text in texts["size"]]),
            "age": pa.array([int(float(text)) for text in texts["age"]], pa.int8()),
            "code": pa.array(texts["code"]).dictionary_encode(),
            "shop": pa.array(texts["shop"], pa.large_string()),
            "note": pa.array([",".join(row[4:-2]) for row in rows]),
            "when": pa.array(days),
            "paid": pa.array([row[-1] == "yes" for row in rows]),
        }
    )


def plan_at(path, **changes):
    usual = {"features": KINDS, "missing": "median", "split": PARTS, "inputs": ("code", "note", "rest")}
    return plan_of(source("parquet", path=str(path)), "paid", **{**usual, **changes})


def table_at(path):
    problems = []
    table = parquet.read(source("parquet", path=str(path)), problems)
    assert problems == []
    return table


def problems_at(path):
    problems = []
    assert parquet.read(source("parquet", path=str(path)), problems) is None
    return [(problem.code, problem.message) for problem in problems]


def assert_same_cells(whole, packed):
    assert (packed.name, packed.digest, packed.files, packed.unit) == (
        whole.name,
        whole.digest,
        whole.files,
        whole.unit,
    )
    assert np.array_equal(packed.numbers, whole.numbers)
    assert np.array_equal(packed.file_of, whole.file_of)
    for name, cells in whole.cells.items():
        assert isinstance(packed.cells[name], MappedCells)
        assert np.concatenate(list(packed.cells[name].blocks())).tolist() == cells.tolist()


@pytest.mark.parametrize(
    "options", [{"row_group_size": 70}, {"compression": "zstd", "use_dictionary": False}]
)
def test_a_packed_file_gives_the_same_facts_and_the_same_bytes(save, dataset_of, small_memory, options):
    plan = plan_at(save(shop_table(), **options))
    whole = dataset_of(plan)
    small_memory()
    packed = dataset_of(plan)
    assert_same(whole, packed)
    assert all(isinstance(values, Mapped) for values in packed.splits["train"].inputs.values())


def test_every_type_of_a_cell_is_packed_as_it_is_read(save, small_memory):
    rows, random = 300, np.random.default_rng(0)
    day = datetime.datetime(2024, 2, 29, 12, 30)
    some = random.integers(0, 2, rows).astype(bool)
    times = [day + datetime.timedelta(hours=row) for row in range(rows)]
    names = pa.dictionary(pa.int8(), pa.string())  # 128 names: no code is left for a missing one
    path = save(
        {
            "flag": pa.array(some, mask=random.integers(0, 2, rows).astype(bool)),
            "whole": pa.array(random.integers(-(2**62), 2**62, rows)),
            "unsigned": pa.array(random.integers(0, 2**63, rows).astype("u8") * 2),
            "real": pa.array(np.where(some, random.normal(size=rows), np.nan)),
            "zero": pa.array(np.where(some, 0.0, -0.0)),
            "single": pa.array(random.normal(size=rows).astype("f4")),
            "half": pa.array(random.normal(size=rows).astype("f2")),
            "nul": pa.array([f"a\0{row}\1" if row % 3 else f"\1\0{row}" for row in range(rows)]),
            "large": pa.array([f" é {row} " if row % 7 else None for row in range(rows)], pa.large_string()),
            "name": pa.array([*(f"n{row % 128}" for row in range(rows - 1)), None]).cast(names),
            "day": pa.array([time.date() for time in times]),
            "time": pa.array(times, pa.timestamp("ns")),
            "zone": pa.array(times, pa.timestamp("ms", "UTC")),
            "clock": pa.array([time.time() for time in times]),
            "money": pa.array(range(rows), pa.decimal128(9, 2)),
            "none": pa.nulls(rows),
        },
        row_group_size=110,
    )
    whole = table_at(path)
    small_memory()
    assert_same_cells(whole, table_at(path))


def test_files_of_a_pattern_are_one_table_in_the_types_that_hold_all(save, small_memory, tmp_path):
    save({"a": [1, 2**40], "b": pa.array(["x", None]).dictionary_encode(), "c": pa.nulls(2)}, "1.parquet")
    save({"c": ["z"], "b": ["y"], "a": [2.5]}, "2.parquet")
    save({"a": pa.array([], pa.int8()), "b": pa.array([], pa.large_string()), "c": pa.nulls(0)}, "3.parquet")
    path = tmp_path / "*.parquet"
    whole = table_at(path)
    assert whole.cells["a"].tolist() == ["1.0", "1099511627776.0", "2.5"]
    assert whole.cells["b"].tolist() == ["x", "", "y"]
    small_memory()
    assert_same_cells(whole, table_at(path))


def test_rows_for_a_trained_network_may_be_a_parquet_file_of_any_size(save, dataset_of, small_memory):
    facts, new = dataset_of(plan_at(save(shop_table()))).facts, shop_table(seed=3)
    path, problems = save(new.append_column("list", pa.array([[1]] * len(new))), "new.parquet"), []
    whole = predicting.encode_labelled_rows(path, facts, problems)
    assert whole.inputs["rest"].shape[0] == len(new)
    small_memory()
    others = []
    packed = predicting.encode_labelled_rows(path, facts, others)
    assert [one.message for one in problems] == [one.message for one in others]
    assert_same_arrays(whole, packed)
    assert all(isinstance(values, Mapped) for values in packed.inputs.values())
    no_answers = predicting.encode_rows(save(new.drop_columns("paid"), "new.parquet"), facts, [])
    assert_same_arrays(no_answers, packed)


def test_the_second_run_does_not_read_the_rows(save, dataset_of, small_memory, monkeypatch):
    plan = plan_at(save(shop_table()))
    small_memory()
    first = dataset_of(plan)
    monkeypatch.setattr(parquet_work, "opened", lambda *_: pytest.fail("the source was read"))
    monkeypatch.setattr(building, "_digests", lambda _: pytest.fail("the source was read"))
    assert_same(dataset_of(plan), first)


def test_another_row_or_other_columns_are_another_pack(save, small_memory):
    small_memory()
    path = save(shop_table())
    few = parquet.read(source("parquet", path=str(path), columns=("size", "paid")), [])
    found = {table_at(path).digest, few.digest, table_at(save(shop_table(seed=1))).digest}
    assert (len(found), len(list(pack_folders()))) == (3, 3)


def test_lists_and_images_are_the_reason_why_a_file_must_fit(save, small_memory):
    small_memory()
    ((code, message),) = problems_at(save({"x": [[1, 2], [3, 4]], "y": [0, 1]}))
    assert code == "R557"
    assert message.endswith("`x` holds lists or images, which are read whole")


def cut(content: bytearray) -> bytearray:
    return content[: len(content) // 2]


def flip(content: bytearray) -> bytearray:
    content[200] ^= 1
    return content


def swap(content: bytearray) -> bytearray:
    return content.replace(b"caf\xc3\xa9", b"caf\xff\xff")


@pytest.mark.parametrize(("damage", "code"), [(cut, "R503"), (flip, "R503"), (swap, "R562")])
def test_a_damaged_file_is_told_in_the_same_words_and_leaves_no_pack(save, small_memory, damage, code):
    table = {"a": np.arange(3000.0), "b": [f"café {row}" for row in range(3000)]}
    path = save(table, compression="none", use_dictionary=False, write_page_checksum=damage is not swap)
    path.write_bytes(damage(bytearray(path.read_bytes())))
    whole = problems_at(path)
    small_memory()
    assert problems_at(path) == whole
    assert [one for one, _ in whole] == [code]
    assert not packs_folder().exists() or {one.name for one in packs_folder().iterdir()} <= {".locks"}


def test_a_name_of_a_column_that_is_no_text_is_damage(save):
    path = save({"café": [1, 2]})
    path.write_bytes(swap(bytearray(path.read_bytes())))
    assert [code for code, _ in problems_at(path)] == ["R503"]


@pytest.mark.parametrize(
    ("column", "reason"),
    [
        (pa.array([2**60] * 9, pa.timestamp("us")), "date value out of range"),
        (pa.array([2**30] * 9, pa.date32()), "magnitude"),
        (pa.array([b"caf\xff"] * 9).cast(pa.string(), safe=False).dictionary_encode(), "invalid start byte"),
    ],
)
def test_a_value_that_no_text_says_is_told_in_the_same_words(save, small_memory, column, reason):
    path = save({"a": column})
    whole = problems_at(path)
    small_memory()
    assert problems_at(path) == whole
    ((code, message),) = whole
    assert code == "R562"
    assert reason in message


def test_values_that_do_not_go_into_the_type_of_all_files_are_told(save, small_memory, tmp_path):
    save({"a": [2**53 + 1]}, "1.parquet")
    save({"a": [0.5]}, "2.parquet")
    whole = problems_at(tmp_path / "*.parquet")
    small_memory()
    assert problems_at(tmp_path / "*.parquet") == whole
    assert [code for code, _ in whole] == ["R562"]
    assert str(2**53 + 1) in whole[0][1]


def test_a_file_whose_columns_or_types_differ_is_told_before_any_is_read(save, small_memory, tmp_path):
    save({"a": [1], "b": [1]}, "1.parquet")
    save({"a": ["x"], "b": [1]}, "2.parquet")
    save({"a": [1]}, "3.parquet")
    small_memory()
    (types, columns) = problems_at(tmp_path / "*.parquet")
    assert (types[0], columns[0]) == ("R512", "R512")
    assert types[1].endswith("it has `a` as string, and not as int64")
    assert columns[1].endswith("it has no `b`")


def test_a_file_that_changes_before_it_is_packed_is_told(save, small_memory, monkeypatch):
    path, listing_of = save(shop_table()), packed_tables.listing_of
    small_memory()

    def change(root, names):
        save({"size": ["other"]})
        return listing_of(root, names)

    monkeypatch.setattr(packed_tables, "listing_of", change)
    assert problems_at(path) == [("R628", "`data.parquet` changed while it was read")]


def test_a_file_that_changes_while_it_is_packed_is_told_and_leaves_no_pack(save, small_memory, monkeypatch):
    path, cells_of = save(shop_table()), parquet_work.cells_of
    small_memory()

    def touch(*arguments):
        os.utime(path, (1, 1))
        return cells_of(*arguments)

    monkeypatch.setattr(parquet_work, "cells_of", touch)
    assert problems_at(path) == [("R628", "`data.parquet` changed while it was read")]
    assert list(pack_folders()) == []


KILLED = """
import os, signal, sys
from recipe.data.packing import column_writers
from recipe.data.sources import parquet, parquet_work
from tests.data.plans import source
parquet.memory_left = lambda: 0
column_writers.BLOCK_ROWS = 64
blocks = parquet_work.ParquetReading._next
def kill(self, batches, path):
    if self.done > 300:
        os.kill(os.getpid(), signal.SIGKILL)
    return blocks(self, batches, path)
parquet_work.ParquetReading._next = kill
parquet.read(source("parquet", path=sys.argv[1]), [])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_run_that_is_killed_while_it_packs_leaves_nothing_that_the_next_one_takes(save, small_memory):
    path = save(shop_table())
    whole = table_at(path)
    line = [sys.executable, "-c", KILLED, str(path)]
    assert subprocess.run(line, cwd=ROOT, timeout=300, check=False).returncode == -9
    assert [one.name[:9] for one in packs_folder().iterdir() if one.name != ".locks"] == [".writing."]
    assert list(pack_folders()) == []
    small_memory()
    assert_same_cells(whole, table_at(path))
    assert len([one for one in packs_folder().iterdir() if one.name != ".locks"]) == 1


def test_rows_of_long_texts_are_read_fewer_at_a_time(save, small_memory, monkeypatch):
    path, sizes = save({"a": [f"{row} " + "x" * 10_000 for row in range(500)]}, use_dictionary=False), []
    cells_of = parquet_work.cells_of

    def count(values, spell):
        sizes.append(len(values))
        return cells_of(values, spell)

    monkeypatch.setattr(parquet_work, "cells_of", count)
    monkeypatch.setattr(parquet_work, "_BLOCK_BYTES", 100_000)
    small_memory()
    table_at(path)
    assert max(sizes) < 10
    assert sum(sizes) == 500


LARGE = """
import resource, sys
from pathlib import Path
import pyarrow.parquet
from recipe.data import reading
from recipe.data.packing import listings
from recipe.data.sources import parquet_work
from recipe.program.plans import Split
from tests.data.plans import plan_of, source
listings.SETTLED_SECONDS = -1.0
if sys.argv[2] == "again":
    parquet_work.opened = None
pages = Path("/proc/self/statm").read_text().split()[5]
limit = int(pages) * resource.getpagesize() + int(sys.argv[3])
resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
split = Split(validation=0.1, test=0, stratified=False, group=None)
texts = tuple(f"t{number}" for number in range(5))
problems = []
data = reading.read(
    plan_of(source("parquet", path=sys.argv[1]), "paid", split=split, ignore=texts), problems
)
print([one.message for one in problems], data.facts.examples)
"""


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux limits the memory of a process")
def test_a_file_is_read_in_less_memory_than_its_own_size(tmp_path, monkeypatch):
    # Without, Arrow reserves a gigabyte that it does not use, and Linux counts it.
    monkeypatch.setenv("ARROW_DEFAULT_MEMORY_POOL", "system")
    random, path, rows, most = np.random.default_rng(0), tmp_path / "large.parquet", 40_000, 256 * 2**20
    texts = [f"{one:0160d}" for one in random.integers(0, 2**60, rows)]
    table = pa.table(
        {
            "paid": random.integers(0, 2, rows),
            **{f"n{number}": random.normal(size=rows) for number in range(6)},
            **{f"t{number}": texts for number in range(5)},
        }
    )
    with pq.ParquetWriter(path, table.schema, compression="none", use_dictionary=["paid"]) as writer:
        for _ in range(10):
            writer.write_table(table)
    assert path.stat().st_size > most
    for turn in ("first", "again"):
        line = [sys.executable, "-c", LARGE, str(path), turn, str(most)]
        done = subprocess.run(line, capture_output=True, text=True, timeout=900, cwd=ROOT, check=False)
        assert done.returncode == 0, done.stderr
        assert done.stdout == "[] {'train': 360000, 'validation': 40000}\n"
