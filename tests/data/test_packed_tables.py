"""A table larger than memory gives what it gives when it is read whole, bit for bit."""

import bz2
import gzip
import lzma
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from recipe.data import kinds, measures, predicting
from recipe.data.health import health
from recipe.data.packing import building, column_writers
from recipe.data.packing.columns import MappedCells
from recipe.data.packing.mapped import Mapped
from recipe.data.packing.packs import pack_folders
from recipe.data.reading import find, read
from recipe.data.sources import csv as csv_source_module
from recipe.data.sources import csv_work, limits
from recipe.program.plans import Split
from tests.data.plans import csv_source, kind, plan_of, source

ROOT = Path(__file__).parents[2]
ROWS = 600
pytestmark = pytest.mark.usefixtures("own_cache")
PARTS = Split(validation=0.1, test=0.2, stratified=False, group=None)
KINDS = {
    "code": kind("category", hashing=8),
    "shop": kind("category", embedding=3, minimum_count=2),
    "note": kind("text", vocabulary=40, length=4),
    "when": kind("date", format=None, parts="auto"),
}


@pytest.fixture
def small_memory(monkeypatch, small_blocks):
    """From when it is called on, no table fits into memory; columns are of many texts from 40 on."""

    def shrink() -> None:
        monkeypatch.setattr(csv_source_module, "memory_left", lambda: 1000)
        small_blocks()
        monkeypatch.setattr(measures, "_BLOCK", 100)

    return shrink


def lines_of(rows: int = ROWS, seed: int = 0) -> list[str]:
    """A column of every kind, of few and of many texts; every ninth number is missing."""
    random = np.random.default_rng(seed)
    sizes, ages = random.lognormal(size=rows), random.integers(0, 30, rows)
    codes, shops = random.integers(0, 300, rows), random.integers(0, 9, rows)
    days = np.datetime64("2020-01-01") + random.integers(0, 900, rows)
    words = random.choice(["good", "bad", "cheap", "slow", "late"], (rows, 3))
    targets = np.where(sizes + random.normal(size=rows) > 1, "yes", "no")
    cells = zip(sizes, ages, codes, shops, days, words, targets, strict=True)
    return ["size,age,code,shop,note,when,paid"] + [
        f"{'' if row % 9 == 5 else f'{size:.4f}0'},{age}.0,C{code},S{shop},"
        f'"{" ".join(text)}, {row}",{day},{target}'
        for row, (size, age, code, shop, day, text, target) in enumerate(cells)
    ]


def plan_at(path, **changes):
    inputs = ("code", "note", "rest")
    usual = {"features": KINDS, "missing": "median", "split": PARTS, "inputs": inputs}
    return plan_of(csv_source(path), "paid", **{**usual, **changes})


def assert_same(whole, packed):
    assert packed.facts == whole.facts
    for part, arrays in whole.splits.items():
        assert_same_arrays(arrays, packed.splits[part])


def assert_same_arrays(arrays, other):
    assert np.array_equal(other.rows, arrays.rows)
    for name, values in {**arrays.inputs, **arrays.targets}.items():
        found = {**other.inputs, **other.targets}[name]
        assert (found.dtype, found.shape) == (values.dtype, values.shape)
        assert np.asarray(found).tobytes() == np.asarray(values).tobytes()


@pytest.fixture
def both(dataset_of, small_memory):
    """What a plan gives in memory and packed."""

    def read_twice(plan):
        whole = dataset_of(plan)
        small_memory()
        return whole, dataset_of(plan)

    return read_twice


def test_a_packed_table_gives_the_same_facts_and_the_same_bytes(write, both):
    whole, packed = both(plan_at(write(*lines_of())))
    assert_same(whole, packed)
    assert all(isinstance(values, Mapped) for values in packed.splits["train"].inputs.values())


OTHERS = {"features": {name: one for name, one in KINDS.items() if name != "note"}, "inputs": {}}
PLANS = {
    "a number as the target": {"targets": {"size": None}, "missing": "drop"},
    "a target on a scale": {"targets": {"size": kind("number", "drop", scale="log")}},
    "a flag made of a column": {
        "targets": {"big": kind("flag", column="size", above=1.5)},
        "missing": "drop",
    },
    "classes in every part": {"split": replace(PARTS, stratified=True)},
    "groups": {"split": replace(PARTS, group="shop")},
    "many groups": {"split": replace(PARTS, group="code")},
    "time": {"split": replace(PARTS, time="when")},
    "folds": {"split": Split(validation=0.1, test=0, stratified=False, group=None, folds=3, fold=2)},
    "weights": {"weight": "age"},
    "labels": {"features": {**KINDS, "note": kind("labels", "empty", separator=",")}, "inputs": {}},
    "labels as the target": {**OTHERS, "targets": {"note": kind("labels", "empty", separator=",")}},
    "a sequence": {"features": {**KINDS, "note": kind("sequence", length=3)}},
    "a sequence of numbers": {
        "features": {**KINDS, "when": kind("sequence", length=4, of="number", separator="-")},
        "inputs": ("note", "when", "rest"),
    },
    "a class for each step": {**OTHERS, "targets": {"note": kind("sequence", length=3)}},
    "quantiles": {"features": {**KINDS, "size": kind("number", "mean", scale="quantile")}},
    "numbers as names": {"features": {**KINDS, "size": kind("category", "category", hashing=5)}},
    "missing cells told": {"missing": "indicator", "features": {}, "ignore": ("note", "code"), "inputs": {}},
}


@pytest.mark.parametrize("changes", PLANS.values(), ids=PLANS)
def test_whatever_is_asked_of_a_table_a_packed_one_says_the_same(write, dataset_of, small_memory, changes):
    plan = replace(plan_at(write(*lines_of())), **changes)
    problems = []
    whole = read(plan, problems)
    small_memory()
    others = []
    packed = read(plan, others)
    assert [one.message for one in problems] == [one.message for one in others]
    assert_same(whole, packed)


def test_files_of_one_pattern_with_columns_in_another_order_are_one_table(write, both, tmp_path):
    write("a,b,y", *(f"{row}.5,x{row % 3},{row % 2}" for row in range(100)), name="part1.csv")
    write("y,b,a", *(f"{row % 2},x{row % 4},{row}.25" for row in range(150)), name="part2.csv")
    plan = plan_of(csv_source(tmp_path / "part*.csv"), "y", split=PARTS)
    assert_same(*both(plan))


def test_rows_for_a_trained_network_are_packed_too_and_encoded_alike(write, dataset_of, small_memory):
    facts = dataset_of(plan_at(write(*lines_of()))).facts
    path, problems = write(*lines_of(seed=3), name="new.csv"), []
    whole = predicting.encode_labelled_rows(path, facts, problems)
    small_memory()
    others = []
    packed = predicting.encode_labelled_rows(path, facts, others)
    assert [one.message for one in problems] == [one.message for one in others]
    assert_same_arrays(whole, packed)
    assert all(isinstance(values, Mapped) for values in packed.inputs.values())
    assert_same_arrays(predicting.encode_rows(path, facts, []), replace(packed, targets={}))


def test_rows_of_numbers_for_arrays_must_fit(write, dataset_of, small_memory, monkeypatch):
    values = np.random.default_rng(0).integers(0, 9, (60, 4)).astype(np.float32)
    path = write("", name="d.npz")
    np.savez(path, x=values, y=values[:, 0].astype(int) % 2)
    facts = dataset_of(plan_of(source("npz", path=str(path), features="x", target="y"))).facts
    new = write("a,b,c,d", *("1,2,3,4" for _ in range(90)), name="new.csv")
    small_memory()
    assert predicting.encode_rows(new, facts, []).inputs["input"].shape == (90, 4)
    monkeypatch.setattr(limits, "memory_left", lambda: 1000)
    problems = []
    assert predicting.encode_rows(new, facts, problems) is None
    assert [problem.code for problem in problems] == ["R557"]


def test_a_table_may_have_more_columns_than_a_process_may_have_files(write, both):
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    names = ",".join(f"n{number}" for number in range(300))
    rows = (f"{','.join(str((row * one) % 7) for one in range(300))},{row % 2}" for row in range(40))
    path = write(f"{names},y", *rows)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, 200), hard))
    try:
        assert_same(*both(plan_of(csv_source(path), "y")))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_wide_table_keeps_fewer_texts_and_rows_at_a_time():
    assert (column_writers.rows_of_block(10), column_writers.most_texts(10)) == (4096, 16_384)
    assert (column_writers.rows_of_block(2048), column_writers.most_texts(2048)) == (128, 512)
    assert (column_writers.rows_of_block(10**6), column_writers.most_texts(10**6)) == (64, 64)


def test_a_separate_source_is_packed_too(write, both):
    train, test = write(*lines_of(), name="train.csv"), write(*lines_of(seed=1), name="test.csv")
    sources = {"train": csv_source(train), "test": csv_source(test)}
    usual = {"features": KINDS, "missing": "median", "ignore": ("when",), "inputs": ("code", "note", "rest")}
    usual["features"] = {name: one for name, one in KINDS.items() if name != "when"}
    whole, packed = both(plan_of(sources, "paid", **usual))
    assert_same(whole, packed)
    assert len(list(pack_folders())) == 4


def broken(row: int, cell: int, text: str) -> list[str]:
    lines = lines_of()
    cells = lines[row].split(",")
    lines[row] = ",".join((*cells[:cell], text, *cells[cell + 1 :]))
    return lines


FAULTS = {
    "a number that is none": broken(300, 0, "many"),
    "infinity": broken(300, 0, "inf"),
    "a missing label": broken(300, 7, ""),
    "a row that is too long": broken(300, 1, "1,2"),
    "a quote that does not end": broken(300, 1, '"1'),
    "no rows": lines_of()[:1],
    "a column twice": ["size,size,paid", "1,2,yes", "2,3,no"],
    "free text": ["note,paid", *(f"text {row},{row % 2}" for row in range(200))],
    "a column that counts the rows": ["id,paid", *(f"{row},{row % 2}" for row in range(200))],
    "one class": ["size,paid", *(f"{row * row},1" for row in range(200))],
}


@pytest.mark.parametrize("lines", FAULTS.values(), ids=FAULTS)
def test_whatever_is_wrong_is_told_of_a_packed_table_in_the_same_words(
    write, problems_of, small_memory, lines
):
    plan = plan_at(write(*lines))
    if "note" not in lines[0] or "when" not in lines[0]:
        plan = replace(plan, features={}, inputs={})
    whole = problems_of(plan)
    small_memory()
    assert [(one.code, one.message) for one in problems_of(plan)] == [
        (one.code, one.message) for one in whole
    ]


def test_bad_rows_that_are_left_out_are_told_by_every_run(write, small_memory):
    path = write(*broken(300, 1, "1,2"))
    call = source("csv", path=str(path), bad_rows=source("bad_rows", skip=3))
    plan = replace(plan_at(path), sources={"source": call})
    small_memory()
    for _ in range(2):
        problems = []
        assert read(plan, problems) is not None
        assert [one.code for one in problems] == ["R558"]
        assert "data.csv line 301" in problems[0].message


def test_a_column_whose_texts_do_not_fit_is_refused_and_may_be_ignored(
    write, problems_of, dataset_of, small_memory, monkeypatch
):
    path = write("id,size,paid", *(f"customer {row},{row * row % 97},{row % 2}" for row in range(200)))
    small_memory()
    monkeypatch.setattr(kinds, "memory_left", lambda: 1000)
    (problem,) = problems_of(plan_of(csv_source(path), "paid"))
    assert (problem.code, problem.column, problem.file) == ("R588", "id", "data.csv")
    assert dataset_of(plan_of(csv_source(path), "paid", ignore=("id",))).facts.examples == {"train": 200}


def test_the_second_run_does_not_read_the_source(write, dataset_of, small_memory, monkeypatch):
    plan = plan_at(write(*lines_of()))
    small_memory()
    first = dataset_of(plan)
    monkeypatch.setattr(csv_work, "opened", lambda *_: pytest.fail("the source was read"))
    monkeypatch.setattr(building, "_digests", lambda _: pytest.fail("the source was read"))
    assert_same(dataset_of(plan), first)


def test_another_row_is_another_pack(write, dataset_of, small_memory):
    small_memory()
    before = dataset_of(plan_at(write(*lines_of())))
    after = dataset_of(plan_at(write(*lines_of(seed=1))))
    assert after.facts.fingerprint != before.facts.fingerprint


PACKERS = {".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress}


@pytest.mark.parametrize(("ending", "pack"), PACKERS.items(), ids=PACKERS)
def test_a_compressed_table_is_packed_once_and_known_again_when_it_was_touched(
    write, both, dataset_of, monkeypatch, ending, pack
):
    plain = write(*lines_of())
    path = plain.with_name(f"data.csv{ending}")
    path.write_bytes(pack(plain.read_bytes()))
    whole, packed = both(plan_at(path))
    assert_same(whole, packed)
    assert all(isinstance(values, Mapped) for values in packed.splits["train"].inputs.values())
    monkeypatch.setattr(csv_work, "opened", lambda *_: pytest.fail("the source was packed anew"))
    os.utime(path, (1, 1))
    assert_same(dataset_of(plan_at(path)), whole)


def test_a_compressed_table_that_is_cut_off_is_told_in_the_same_words(write, problems_of, small_memory):
    plain = write(*lines_of())
    path = plain.with_name("data.csv.gz")
    path.write_bytes(gzip.compress(plain.read_bytes())[:-2000])
    whole = problems_of(plan_at(path))
    small_memory()
    assert [one.message for one in problems_of(plan_at(path))] == [one.message for one in whole]


@pytest.mark.parametrize(
    ("what", "position"),
    [("table", 7), ("table", 5000), ("table", -20_000), ("table", -1), ("about.json", 7)],
)
def test_a_flipped_bit_in_any_file_is_found_and_packed_anew(write, dataset_of, small_memory, what, position):
    plan = plan_at(write(*lines_of()))
    small_memory()
    expected = dataset_of(plan)
    (path,) = (path for folder in pack_folders() for path in folder.glob(what) if (folder / "table").exists())
    content = bytearray(path.read_bytes())
    content[position] ^= 1
    path.write_bytes(content)
    problems = []
    assert_same(read(plan, problems), expected)
    assert [problem.code for problem in problems] == ["R624"]


def test_health_of_a_packed_table_is_that_of_one_in_memory(write, small_memory):
    plan = plan_at(write(*lines_of()))

    def look():
        problems = []
        found = find(plan, problems)
        return health(found, found.encoded(problems).facts)

    whole = look()
    small_memory()
    assert look() == whole


def test_cells_are_read_one_by_one_and_by_block(write, small_memory):
    lines = lines_of()
    small_memory()
    table = csv_source_module.read(csv_source(write(*lines)), [])
    cells = table.cells["size"]
    assert isinstance(cells, MappedCells)
    expected = [line.split(",")[0] for line in lines[1:]]
    assert [cells[row] for row in (0, 63, 64, ROWS - 1)] == [expected[row] for row in (0, 63, 64, ROWS - 1)]
    some = np.asarray([3, 70, 71, 400])
    assert np.concatenate(list(table.take(some).cells["size"].blocks())).tolist() == [
        expected[row] for row in some
    ]
    taken = table.take(some)
    assert taken.cells["size"].rows is taken.cells["age"].rows


LARGE = """
import resource, sys
from pathlib import Path
import numpy as np
from recipe.data import reading
from recipe.data.packing import listings
from recipe.data.sources import csv_work, limits
from tests.data.plans import csv_source, plan_of
from recipe.program.plans import Split
listings.SETTLED_SECONDS = -1.0
if sys.argv[2] == "again":
    csv_work.opened = None
pages = Path("/proc/self/statm").read_text().split()[5]
limit = int(pages) * resource.getpagesize() + int(sys.argv[3])
resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
split = Split(validation=0.1, test=0, stratified=False, group=None)
plan = plan_of(csv_source(sys.argv[1]), "paid", split=split)
problems = []
data = reading.read(plan, problems)
print([one.message for one in problems], data.facts.examples, data.splits["train"].inputs["input"].nbytes)
"""


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux limits the memory of a process")
@pytest.mark.parametrize("ending", ["", ".gz"])
def test_a_table_is_read_in_less_memory_than_its_own_size(tmp_path, ending):
    random, path = np.random.default_rng(0), tmp_path / f"large.csv{ending}"
    header = ",".join(("paid", *(f"n{n}" for n in range(30)), *(f"c{n}" for n in range(10))))
    numbers, names = random.normal(size=(20_000, 30)), random.integers(0, 50, (20_000, 10))
    block = "".join(
        f"{row % 2},"
        + ",".join(f"{one:.8f}" for one in number)
        + ","
        + ",".join(f"v{one}" for one in name)
        + "\n"
        for row, (number, name) in enumerate(zip(numbers, names, strict=True))
    )
    with gzip.open(path, "wt", compresslevel=1) if ending else path.open("w") as file:
        file.write(header + "\n")
        for _ in range(45):
            file.write(block)
    most = 256 * 2**20
    assert 45 * len(block) > 300 * 2**20
    for turn in ("first", "again"):
        line = [sys.executable, "-c", LARGE, str(path), turn, str(most)]
        done = subprocess.run(line, capture_output=True, text=True, timeout=900, cwd=ROOT, check=False)
        assert done.returncode == 0, done.stderr
        assert "{'train': 810000, 'validation': 90000}" in done.stdout
