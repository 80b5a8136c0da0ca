import csv
import gzip

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recipe.data.sources.csv import Dialect, read, read_path
from recipe.data.tables import MISSING
from tests.data.plans import SPAN, csv_source


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
