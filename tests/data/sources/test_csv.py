import bz2
import csv
import gzip
import io
import lzma
import tracemalloc
import zipfile

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recipe.catalog.calls import Argument, Call, Origin
from recipe.data.packing import building
from recipe.data.sources import csv as csv_source_module
from recipe.data.sources import csv_work, limits, texts
from recipe.data.sources.csv import read, read_path
from recipe.data.sources.csv_rows import Dialect
from recipe.data.tables import MISSING
from recipe.diagnostics.packs import PackError
from tests.data.plans import SPAN, csv_source, source


def zipped(content):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.csv", content)
    return stream.getvalue()


PACKERS = [(".gz", gzip.compress), (".bz2", bz2.compress), (".xz", lzma.compress), (".zip", zipped)]


def table_of(path, **arguments):
    problems = []
    table = read(csv_source(path, **arguments), problems)
    assert problems == []
    return table


def problems_of(path, **arguments):
    problems = []
    assert read(csv_source(path, **arguments), problems) is None
    assert all(problem.span == SPAN for problem in problems)
    return problems


def only_problem_of(path, **arguments):
    (problem,) = problems_of(path, **arguments)
    return problem


@pytest.fixture
def write(tmp_path):
    def write_file(content, name="data.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write_file


@pytest.mark.parametrize(
    "name", ["titanic_1309.csv", "penguins.csv", "adult_test.csv.gz", "brown_genre_sentences.csv.gz"]
)
def test_real_tables_have_the_cells_that_pandas_reads(shared_data, name):
    path = shared_data(name)
    expected = pd.read_csv(path, dtype=object, keep_default_na=False)
    table = table_of(path)
    assert list(table.cells) == list(expected.columns)
    for column in expected.columns:
        texts = ["" if text.strip() in MISSING else text.strip() for text in expected[column]]
        assert table.cells[column].tolist() == texts


def test_digits_have_no_header_and_columns_by_number(shared_data):
    table = table_of(shared_data("digits.csv.gz"))
    assert (len(table), len(table.cells)) == (1797, 65)
    assert list(table.cells)[-1] == "column_65"
    assert table.cells["column_65"][:4].tolist() == ["0", "1", "2", "3"]


@given(
    st.lists(
        st.lists(st.text(st.characters(exclude_characters="\0", codec="utf-8")), min_size=3, max_size=3),
        min_size=1,
    ),
    st.sampled_from(",;\t"),
    st.sampled_from(["\n", "\r\n"]),
)
def test_whatever_the_csv_module_wrote_is_read_back(tmp_path_factory, rows, separator, line_end):
    path = tmp_path_factory.mktemp("csv") / "any.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter=separator, lineterminator=line_end, quoting=csv.QUOTE_ALL)
        writer.writerows([["a", "b", "c"], *rows])
    table = read_path(str(path), Dialect(separator=separator, header=True), None, [])
    expected = [["" if text.strip() in MISSING else text.strip() for text in row] for row in rows]
    assert [list(row) for row in zip(*table.cells.values(), strict=True)] == expected


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_separator_is_found(write, separator):
    content = "a,b,c\n1,x y,3\n2,z,4\n".replace(",", separator)
    assert list(table_of(write(content)).cells) == ["a", "b", "c"]


def test_decimal_commas_do_not_hide_the_semicolon(write):
    table = table_of(write("a;b\n1,5;2,5\n2,5;3,5\n"))
    assert table.cells["a"].tolist() == ["1,5", "2,5"]


def test_a_given_separator_is_used(write):
    assert table_of(write("a|b\n1|2\n"), separator="|").cells["b"].tolist() == ["2"]


def test_a_byte_order_mark_is_no_part_of_the_first_name(write):
    assert list(table_of(write(b"\xef\xbb\xbfa,b\n1,2\n")).cells) == ["a", "b"]


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "cp1252"])
def test_other_encodings_are_read_when_they_are_named(write, encoding):
    assert table_of(write("name,b\nZoë,2\n".encode(encoding)), encoding=encoding).cells["name"].tolist() == [
        "Zoë"
    ]


def test_lines_are_those_of_an_editor_even_after_empty_lines_and_line_breaks_in_cells(write):
    table = table_of(write('a,b\n"one\ntwo",1\n\nx,2\n'))
    assert [str(place.number) for place in table.places(table.rows)] == ["2", "5"]


def test_a_row_of_names_is_a_header_and_a_row_with_a_number_is_none(write):
    assert list(table_of(write("a,b\n1,2\n")).cells) == ["a", "b"]
    assert list(table_of(write("x,1\ny,2\n")).cells) == ["column_1", "column_2"]


def test_header_can_be_told(write):
    assert list(table_of(write("2019,2020\n1,2\n"), header=True).cells) == ["2019", "2020"]
    assert len(table_of(write("a,b\nc,d\n"), header=False)) == 2


def test_a_column_without_a_name_gets_its_number(write):
    assert list(table_of(write(",b\nx,2\n")).cells) == ["column_1", "b"]


def test_a_pattern_reads_all_files_by_name_and_matches_columns_by_name(tmp_path):
    (tmp_path / "part-1.csv").write_text("a,b\n1,2\n")
    (tmp_path / "part-2.csv").write_text("b,a\n4,3\n")
    table = table_of(tmp_path / "part-*.csv")
    assert table.cells["a"].tolist() == ["1", "3"]
    assert table.cells["b"].tolist() == ["2", "4"]
    assert [str(place.file) for place in table.places(table.rows)] == ["part-1.csv", "part-2.csv"]


def test_a_pattern_reaches_into_folders(tmp_path):
    (tmp_path / "2020").mkdir()
    (tmp_path / "2020" / "a.csv").write_text("a,b\n1,2\n")
    assert len(table_of(tmp_path / "**" / "*.csv")) == 1


def test_the_digest_is_of_the_content_wherever_it_lies_and_however_it_is_packed(tmp_path):
    content = b"a,b\n1,2\n"
    (tmp_path / "plain.csv").write_bytes(content)
    (tmp_path / "packed.csv.gz").write_bytes(gzip.compress(content))
    (tmp_path / "changed.csv").write_bytes(content.replace(b"2", b"3"))
    plain, packed, changed = (
        table_of(tmp_path / name).digest for name in ("plain.csv", "packed.csv.gz", "changed.csv")
    )
    assert plain == packed != changed


def test_a_missing_file_suggests_its_neighbour(write):
    path = write("a,b\n1,2\n", "flights.csv")
    problem = only_problem_of(path.with_name("flihgts.csv"))
    assert problem.code == "R501"
    assert problem.label == "did you mean `flights.csv`?"


def test_a_missing_folder_is_what_is_missing(tmp_path):
    assert "there is no folder" in only_problem_of(tmp_path / "absent" / "a.csv").message


def test_a_pattern_without_files_says_so(write):
    assert "no data file matches" in only_problem_of(write("a\n1\n").with_name("*.tsv")).message


def test_a_folder_is_no_file(tmp_path):
    assert only_problem_of(tmp_path).code == "R502"


def test_a_gzip_file_that_was_cut_off_is_corrupt(write):
    whole = gzip.compress(b"a,b\n" + b"1,2\n" * 1000)
    problem = only_problem_of(write(whole[:-20], "data.csv.gz"))
    assert (problem.code, problem.file) == ("R503", "data.csv.gz")


def test_text_that_only_calls_itself_gzip_is_corrupt(write):
    assert only_problem_of(write("a,b\n1,2\n", "data.csv.gz")).code == "R503"


@pytest.mark.parametrize("start", [b"PK\x03\x04", b"\x1f\x8b\x08", b"PAR1"])
def test_other_formats_are_known_by_their_first_bytes(write, start):
    assert only_problem_of(write(start + b"a,b\n")).code == "R504"


def test_a_wrong_byte_is_told_with_its_position_and_line(write):
    problem = only_problem_of(write(b"name,b\nAda,1\nZo\xeb,2\n"))
    assert (problem.code, problem.position, problem.line, problem.byte) == ("R505", 15, 3, 0xEB)
    assert problem.message == "`data.csv` is not utf-8 text: byte 0xeb at position 15 (line 3)"


def test_utf_16_without_its_name_is_suggested(write):
    assert only_problem_of(write("a,b\n1,2\n".encode("utf-16"))).likely == "utf-16"


def test_an_unknown_encoding_suggests_a_known_one(write):
    assert only_problem_of(write("a,b\n1,2\n"), encoding="uft-8").label == "did you mean `utf-8`?"


@pytest.mark.parametrize("content", ["", "\n\n", "\ufeff"])
def test_an_empty_file_says_so(write, content):
    assert only_problem_of(write(content)).message == "`data.csv` holds no examples: the file is empty"


def test_a_header_alone_says_so(write):
    assert "nothing below it" in only_problem_of(write("a,b\n")).message


def test_ragged_rows_are_told_together_with_their_lines(write):
    problem = only_problem_of(write("a,b\n1,2\n1,2,3\n4\n5,6\n"))
    assert problem.message == (
        "2 rows have another number of cells than the first row (2): data.csv lines 3, 4; "
        "the first of them has 3"
    )


def test_a_quote_that_is_never_closed_is_told_with_its_line(write):
    problem = only_problem_of(write('a,b\n1,2\n"3,4\n5,6\n'))
    assert (problem.code, problem.line) == ("R510", 3)


def test_a_huge_field_is_told_with_its_line(write):
    problem = only_problem_of(write("a,b\n1,2\n" + "x" * 200_000 + ",4\n"))
    assert (problem.code, problem.line) == ("R510", 3)


def test_every_duplicate_name_is_told_with_its_columns(write):
    problems = problems_of(write("a,b,a,b,c\n1,2,3,4,5\n"))
    assert [problem.message for problem in problems] == [
        "`data.csv` names columns 1 and 3 both `a`",
        "`data.csv` names columns 2 and 4 both `b`",
    ]


def test_files_of_one_pattern_must_agree_on_their_columns(tmp_path):
    (tmp_path / "1.csv").write_text("a,b\n1,2\n")
    (tmp_path / "2.csv").write_text("a,c\n1,2\n")
    message = only_problem_of(tmp_path / "*.csv").message
    assert message == "`2.csv` has other columns than `1.csv`: it has no `b` and also has `c`"


def test_all_broken_files_of_a_pattern_are_told(tmp_path):
    (tmp_path / "1.csv").write_text("")
    (tmp_path / "2.csv").write_text("a,b\n")
    assert [problem.code for problem in problems_of(tmp_path / "*.csv")] == ["R507", "R507"]


# -- other ways of writing ---------------------------------------------------------------------------


def call_of(path, **arguments):
    return source("csv", path=str(path), **arguments)


def read_as(path, **arguments):
    problems = []
    table = read(call_of(path, **arguments), problems)
    assert problems == []
    return {name: cells.tolist() for name, cells in table.cells.items()}


def test_numbers_are_those_that_pandas_reads_with_the_same_marks(write):
    path = write("a;b\n1.234.567,25;x\n-0,5;1,5,2\n7;2.34\n,5;3.456\n12.34,5;1e5\n")
    expected = pd.read_csv(path, sep=";", decimal=",", thousands=".", dtype={"b": str})
    cells = read_as(path, decimal=",", thousands=".")
    assert [float(text) for text in cells["a"][:4]] == expected["a"].astype(str).head(4).astype(
        float
    ).tolist()
    assert cells["a"][4] == "12.34,5", "digits in groups of two are no number"
    assert cells["b"] == ["x", "1,5,2", "2.34", "3456", "1e5"]


def test_blanks_of_any_length_part_cells(write):
    path = write(" 0.1   2\t 3\n\n  4 5   6  \n")
    expected = pd.read_csv(path, sep=r"\s+", header=None).astype(str)
    cells = read_as(path, separator="whitespace", columns=("a", "b", "c"))
    numbers = {name: [str(float(text)) for text in column] for name, column in cells.items()}
    assert list(numbers.values()) == expected.astype(float).astype(str).T.to_numpy().tolist()


def test_comments_and_lines_before_the_table_are_no_rows_and_lines_keep_their_numbers(write):
    path = write('made by hand\n# units: cm\na,b\n1,"x\n# y"\n  # 3,4\n5,z\n')
    problems = []
    table = read(call_of(path, skip_lines=1, comment="#"), problems)
    assert table.cells["b"].tolist() == ["x\n# y", "z"]
    assert [place.number for place in table.places(table.rows)] == [4, 7]


@pytest.mark.parametrize(
    ("content", "arguments", "cells"),
    [
        ("a,b\n'x,y',2\n", {"quote": "'"}, {"a": ["x,y"], "b": ["2"]}),
        ('a\tb\n5" disk\t2\n', {"quote": None}, {"a": ['5" disk'], "b": ["2"]}),
        ('a,b\n"say \\"hi\\", he said",2\n', {"escape": "\\"}, {"a": ['say "hi", he said'], "b": ["2"]}),
        ("a|b\n1|2\n", {}, {"a": ["1"], "b": ["2"]}),
        ("a\tb\n1\t2\n", {"separator": "tab"}, {"a": ["1"], "b": ["2"]}),
        (
            "x,?\n-,2\n",
            {"columns": ("a", "b"), "missing_values": ("?", "-")},
            {"a": ["x", ""], "b": ["", "2"]},
        ),
        ("x,y\n1,2\n", {"columns": ("a", "b"), "header": True}, {"a": ["1"], "b": ["2"]}),
        ('a, "b"\n1, "x, y"\n', {}, {"a": ["1"], "b": ["x, y"]}),
    ],
)
def test_other_ways_of_writing_are_read_when_they_are_named(write, content, arguments, cells):
    assert read_as(write(content), **arguments) == cells


@pytest.mark.parametrize(("ending", "pack"), PACKERS)
def test_packed_files_are_read_and_damaged_ones_are_told(write, ending, pack):
    content = b"a,b\n" + b"".join(b"%d,x%d\n" % (i, i) for i in range(5000))
    packed = pack(content)
    assert read_as(write(packed, f"data.csv{ending}"))["a"][-1] == "4999"
    problem = only_problem_of(write(packed[: len(packed) // 2], f"cut.csv{ending}"))
    assert (problem.code, problem.file) == ("R503", f"cut.csv{ending}")


def test_a_zip_archive_holds_one_file(tmp_path):
    with zipfile.ZipFile(tmp_path / "two.csv.zip", "w") as archive:
        archive.writestr("a.csv", "a\n1\n")
        archive.writestr("b.csv", "a\n1\n")
    assert only_problem_of(tmp_path / "two.csv.zip").code == "R504"


def test_several_paths_are_read_in_the_order_they_are_written_each_file_once(tmp_path):
    for name in ("b", "a"):
        (tmp_path / f"{name}.csv").write_text(f"x,y\n1,{name}\n")
    paths = (str(tmp_path / "b.csv"), str(tmp_path / "*.csv"))
    assert read(source("csv", path=paths), []).cells["y"].tolist() == ["b", "a"]


def test_names_that_are_no_names_of_this_file_are_told(write):
    problem = only_problem_of_call(call_of(write("1,2\n3,4\n"), columns=("a", "b", "c")))
    assert (problem.code, problem.written, problem.found) == ("R568", 3, 2)


def only_problem_of_call(call):
    problems = []
    assert read(call, problems) is None
    (problem,) = problems
    return problem


# -- bad rows ----------------------------------------------------------------------------------------

BAD = 'a,b\n1,2\n1,2,3\n"x" y,4\n' + "5,6\n" * 6


def skipping(most):
    return Call("bad_rows", "recipe:bad_rows", {"skip": Argument(most, Origin(SPAN))}, Origin(SPAN))


@pytest.mark.parametrize("most", [2, 0.25])
def test_bad_rows_are_left_out_up_to_the_limit_and_told(write, most):
    problems = []
    table = read(call_of(write(BAD), bad_rows=skipping(most)), problems)
    (problem,) = problems
    assert table.cells["a"].tolist() == ["1", *"555555"]
    assert (problem.code, problem.count, [place.number for place in problem.places]) == ("R558", 2, [3, 4])


@pytest.mark.parametrize("most", [1, 0.1])
def test_more_bad_rows_than_the_limit_are_refused(write, most):
    problem = only_problem_of_call(call_of(write(BAD), bad_rows=skipping(most)))
    assert (problem.code, problem.count, problem.most) == ("R559", 2, int(most * (9 if most < 1 else 1)))


def test_a_quote_that_swallows_the_rest_is_never_one_bad_row(write):
    content = 'a,b\n1,2\n"3,4\n' + "5,6\n" * 100
    assert only_problem_of_call(call_of(write(content), bad_rows=skipping(50))).code == "R510"


# -- files larger than memory ------------------------------------------------------------------------


@pytest.fixture
def huge(tmp_path):
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.write(b"a,b\n1,2\n")
        file.truncate(8 * 2**40)
    return path


def test_a_file_that_is_larger_than_the_disk_is_refused_before_it_is_read(huge, tmp_path, monkeypatch):
    monkeypatch.setenv("RECIPE_CACHE", str(tmp_path / "cache"))
    with pytest.raises(PackError) as told:
        read(csv_source(huge), [])
    assert [problem.code for problem in told.value.problems] == ["R623"]


def test_rows_that_are_larger_than_memory_are_refused_before_they_are_read(huge):
    problems = []
    assert read_path(str(huge), Dialect(), SPAN, problems) is None
    assert [(problem.code, problem.file) for problem in problems] == [("R557", "huge.csv")]


@pytest.mark.parametrize(("ending", "pack"), PACKERS)
def test_a_bomb_is_refused_before_its_memory_or_the_disk_is_taken(write, monkeypatch, tmp_path, ending, pack):
    monkeypatch.setenv("RECIPE_CACHE", str(tmp_path / "cache"))
    path = write(pack(b"a,b\n" + b"1,2\n" * 300_000), f"bomb.csv{ending}")
    assert path.stat().st_size < 10_000
    monkeypatch.setattr(limits, "memory_left", lambda: 2_000_000)
    monkeypatch.setattr(csv_source_module, "memory_left", lambda: 2_000_000)
    monkeypatch.setattr(csv_work, "free_bytes", lambda _: 2_000_000)
    monkeypatch.setattr(building, "free_bytes", lambda _: 2_000_000)
    problems = []
    tracemalloc.start()
    assert read_path(str(path), Dialect(), SPAN, problems) is None
    with pytest.raises(PackError) as told:
        read(csv_source(path), [])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [problem.code for problem in (*problems, *told.value.problems)] == ["R557", "R623"]
    assert peak < 20_000_000


def test_a_file_without_line_ends_is_no_table(write, monkeypatch):
    monkeypatch.setattr(texts, "LONGEST_LINE", 1000)
    assert only_problem_of(write("a" * 600_000)).code == "R510"


def test_a_wrong_byte_far_into_a_file_is_told_with_its_position_and_line(write):
    lines = [f"name{i},{i}\n" for i in range(100_000)]
    lines[70_000] = "Zoë,1\n"
    content = "a,b\n" + "".join(lines)
    problem = only_problem_of(write(content.encode("latin-1")))
    assert (problem.position, problem.line) == (content.index("ë"), 70_002)


def test_the_cost_of_text_in_memory_is_at_least_what_a_table_of_numbers_takes(write):
    rows = 20_000
    path = write("a,b\n" + "".join(f"{10_000_000 + i},{90_000_000 - i}\n" for i in range(rows)))
    tracemalloc.start()
    table = table_of(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(table) == rows
    assert peak < 1.5 * limits.TEXT_COST * path.stat().st_size
