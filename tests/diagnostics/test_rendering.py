import json
import re
import textwrap
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recipe.diagnostics.frames import cells
from recipe.diagnostics.problems import Label, Problem, Severity, Texts
from recipe.diagnostics.rendering import FORMATS, render_concise, render_github, render_json, render_text
from recipe.diagnostics.spans import Span

SPEC = """\
recipe: 1
training:
  epochs: 5
  batch_size: 32
  shuffle: true
  epochs: 7
optimizer:
  AdamW: {learning_rat: 1e-3}
init: {"重み 😀": He,\tscale: 2}
"""


class Probe(Problem):
    """A problem that says what the test wants."""

    code: ClassVar[str] = "R203"

    says: str = "`optimizer.AdamW` has no argument `learning_rat`"
    beside: str = ""
    others: tuple[Label, ...] = ()
    way_out: str = ""

    @property
    def message(self) -> str:
        return self.says

    @property
    def label(self) -> str:
        return self.beside

    @property
    def further(self) -> tuple[Label, ...]:
        return self.others

    @property
    def help(self) -> str:
        return self.way_out


class Caution(Probe):
    """A warning with a reason."""

    code: ClassVar[str] = "L101"
    severity: ClassVar[Severity] = Severity.WARNING
    why: ClassVar[str] = "the second value would silently win"


def at(
    line: int, column: int, end_column: int, *, end_line: int | None = None, source: str = "specs/mine.yaml"
):
    return Span(source, line, column, end_line or line, end_column)


TYPO = Probe(at(8, 11, 23), beside="did you mean `learning_rate`?")
TWICE = Caution(
    at(6, 3, 9),
    "`epochs` is written twice",
    others=(Label(at(3, 3, 9), "the first is here"),),
    way_out="keep one of them:\n  epochs: 7",
)


def text_of(*problems: Problem, spec: str = SPEC, width: int = 80, ascii_only: bool = False) -> str:
    texts = Texts({"specs/mine.yaml": spec})
    return render_text(problems, texts, colour=False, width=width, ascii_only=ascii_only)


def golden(text: str) -> str:
    return textwrap.dedent(text).lstrip("\n")


def test_one_error_reads_as_the_design_shows_it():
    assert text_of(TYPO) == golden("""
        error[R203]: `optimizer.AdamW` has no argument `learning_rat`
         --> specs/mine.yaml:8:11
          |
        8 |   AdamW: {learning_rat: 1e-3}
          |           ^^^^^^^^^^^^ did you mean `learning_rate`?
          = recipe explain R203

        1 error in specs/mine.yaml
        """)


def test_problems_stand_in_line_order_with_both_places_and_a_count():
    assert text_of(TYPO, TWICE, TYPO) == golden("""
        warning[L101]: `epochs` is written twice
         --> specs/mine.yaml:6:3
          |
        3 |   epochs: 5
          |   ------ the first is here
        ...
        6 |   epochs: 7
          |   ^^^^^^
          = why: the second value would silently win
          = help: keep one of them:
                    epochs: 7
          = recipe explain L101

        error[R203]: `optimizer.AdamW` has no argument `learning_rat`
         --> specs/mine.yaml:8:11
          |
        8 |   AdamW: {learning_rat: 1e-3}
          |           ^^^^^^^^^^^^ did you mean `learning_rate`?
          = recipe explain R203

        1 error, 1 warning in specs/mine.yaml
        """)


def test_why_is_told_once_for_each_code():
    again = Caution(at(7, 1, 10), "something else")
    assert text_of(TWICE, again).count("why: ") == 1


def test_a_place_in_another_file_gets_its_own_frame():
    texts = Texts({"specs/mine.yaml": SPEC, "base.yaml": "recipe: 1\nname: base\n"})
    problem = Probe(at(1, 1, 7), "clash", others=(Label(at(2, 7, 11, source="base.yaml"), "set here"),))
    assert render_text([problem], texts, colour=False, width=80) == golden("""
        error[R203]: clash
         --> specs/mine.yaml:1:1
          |
        1 | recipe: 1
          | ^^^^^^
         ::: base.yaml:2:7
          |
        2 | name: base
          |       ---- set here
          = recipe explain R203

        1 error in specs/mine.yaml
        """)


def test_line_numbers_of_different_length_are_aligned():
    spec = "\n" * 8 + "a: 1\n" + "\n" * 90 + "b: 2\n"
    problem = Probe(at(100, 1, 2), "clash", others=(Label(at(9, 4, 5), "with this"),))
    assert text_of(problem, spec=spec) == golden("""
        error[R203]: clash
           --> specs/mine.yaml:100:1
            |
          9 | a: 1
            |    - with this
        ...
        100 | b: 2
            | ^
            = recipe explain R203

        1 error in specs/mine.yaml
        """)


def test_two_marks_in_one_line_stand_below_each_other():
    problem = Probe(at(8, 11, 23), "clash", "this", others=(Label(at(8, 3, 8), "of that"),))
    assert golden("""
        8 |   AdamW: {learning_rat: 1e-3}
          |           ^^^^^^^^^^^^ this
          |   ----- of that
        """) in text_of(problem)


def test_tabs_and_wide_characters_keep_the_caret_below_its_word():
    column = SPEC.splitlines()[8].index("scale") + 1
    rows = text_of(Probe(at(9, column, column + 5), beside="here")).splitlines()
    code = next(row for row in rows if row.startswith("9 |"))
    caret = next(row for row in rows if "^" in row)
    assert code == '9 | init: {"重み 😀": He,   scale: 2}'
    assert cells(code[: code.index("scale")]) == caret.index("^")
    assert caret.endswith("^^^^^ here")


def test_ascii_only_writes_escapes_and_keeps_the_caret():
    column = SPEC.splitlines()[8].index("scale") + 1
    text = text_of(Probe(at(9, column, column + 5), "`重` is odd"), ascii_only=True)
    assert text.isascii()
    assert (
        golden(r"""
        9 | init: {"\u91cd\u307f \U0001f600": He,   scale: 2}
          |                                         ^^^^^
        """)
        in text
    )
    assert r"`\u91cd` is odd" in text


def test_a_long_line_is_cut_around_the_word():
    spec = "key: [" + "1, " * 40 + "wrong, " + "2, " * 40 + "]\n"
    column = spec.index("wrong") + 1
    assert golden("""
        1 | …, 1, 1, wrong, 2, 2, 2, 2, 2, 2, 2, 2, 2, …
          |          ^^^^^ a number is expected
        """) in text_of(Probe(at(1, column, column + 5), beside="a number is expected"), spec=spec, width=48)


def test_places_far_apart_in_a_long_line_are_shown_one_after_the_other():
    spec = "first: " + "x" * 200 + " last\n"
    problem = Probe(at(1, 209, 213), "clash", others=(Label(at(1, 1, 6), "with this"),))
    rows = text_of(problem, spec=spec, width=40).splitlines()
    assert rows[3:8] == [
        "1 | …" + "x" * 29 + " last",
        "  |  " + " " * 30 + "^^^^",
        "...",
        "1 | first: " + "x" * 27 + "…",
        "  | ----- with this",
    ]


def test_a_label_without_room_beside_the_caret_goes_below():
    problem = Probe(at(8, 11, 23), beside="did you mean `learning_rate`?")
    assert golden("""
        8 |   AdamW: {learning_rat: 1e-3}
          |           ^^^^^^^^^^^^
          |       did you mean `learning_rate`?
        """) in text_of(problem, width=39)


def test_a_span_of_several_lines_marks_the_first():
    text = text_of(Probe(at(2, 1, 12, end_line=4)))
    assert "2 | training:\n  | ^^^^^^^^^\n" in text
    assert "epochs" not in text


def test_a_span_behind_the_end_of_its_line_has_a_caret():
    assert "1 | recipe: 1\n  |          ^ more\n" in text_of(Probe(at(1, 10, 10), beside="more"))


def test_a_missing_text_leaves_place_and_words():
    assert text_of(Probe(at(77, 5, 9, source="<stdin>"), "odd", "did you mean `even`?")) == golden("""
        error[R203]: odd
          --> <stdin>:77:5
           = did you mean `even`?
           = recipe explain R203

        1 error in <stdin>
        """)


def test_a_problem_without_a_place_has_no_frame():
    assert text_of(Probe(None, "the disk is full", way_out="free 3 GB")) == golden("""
        error[R203]: the disk is full
          = help: free 3 GB
          = recipe explain R203

        1 error
        """)


def test_a_long_help_is_wrapped_in_step():
    assert text_of(Probe(None, "odd", way_out="one two three four five six seven"), width=30) == golden("""
        error[R203]: odd
          = help: one two three four
                  five six seven
          = recipe explain R203

        1 error
        """)


def test_control_characters_never_reach_the_terminal():
    evil = "a: \x1b[2J\u202e\n"
    problem = Probe(at(1, 4, 9), "key `\x1b]0;x\x07`\r\nforged: line", "\x1b[31m", way_out="\x9b1m")
    texts = Texts({"specs/mine.yaml": evil})
    for text in (text_of(problem, spec=evil), render_concise([problem], texts)):
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", text)
        assert "\nforged" not in text


def test_more_than_fifty_problems_are_counted_and_errors_shown_first():
    warnings = [Caution(at(1, 1, 2), f"warning {number}") for number in range(60)]
    text = text_of(*warnings, TYPO)
    assert text.count("\n --> ") == 50
    assert "learning_rat`" in text
    assert text.endswith("\n\nand 11 more\n1 error, 60 warnings in specs/mine.yaml\n")


def test_the_count_names_two_files_and_counts_more():
    problems = [Probe(at(1, 1, 2, source=name), name) for name in ("a.yaml", "b.yaml", "c.yaml")]
    assert text_of(*problems[:2]).endswith("2 errors in a.yaml and b.yaml\n")
    assert text_of(*problems).endswith("3 errors in a.yaml and 2 more\n")


def test_nothing_is_rendered_without_problems():
    assert text_of() == ""


def test_colour_adds_only_codes():
    texts = Texts({"specs/mine.yaml": SPEC})
    coloured = render_text([TYPO, TWICE], texts, colour=True, width=80)
    assert "\x1b[1;31merror[R203]\x1b[0m" in coloured
    assert "\x1b[1;33m^^^^^^\x1b[0m" in coloured
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == text_of(TYPO, TWICE)


@given(
    line=st.text(st.characters(codec="utf-8", exclude_characters="\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029")),
    column=st.integers(1, 200),
    length=st.integers(0, 200),
    width=st.integers(-5, 120),
)
def test_no_row_of_a_frame_is_wider_than_the_terminal(line: str, column: int, length: int, width: int):
    problem = Probe(at(1, column, column + length), "odd", "a label")
    rows = text_of(problem, spec=line, width=width).splitlines()
    framed = [row for row in rows if row.startswith(("1 | ", "  | "))]
    assert all(cells(row) <= max(width, 20 + len("1 | ")) for row in framed)
    assert "^" in "".join(rows) or not line


def test_concise_is_a_line_each():
    problems = [TYPO, TWICE, Probe(None, "the disk\nis full")]
    assert render_concise(problems, Texts()) == golden("""
        specs/mine.yaml:6:3: L101 `epochs` is written twice
        specs/mine.yaml:8:11: R203 `optimizer.AdamW` has no argument `learning_rat`
        recipe: R203 the disk is full
        """)


def test_json_is_a_list_of_objects_with_the_promised_keys():
    objects = json.loads(render_json([TWICE, TYPO, Probe(None, "full")], Texts()))
    assert [object_["code"] for object_ in objects] == ["L101", "R203", "R203"]
    assert objects[1] == {
        "code": "R203",
        "severity": "error",
        "message": "`optimizer.AdamW` has no argument `learning_rat`",
        "path": "specs/mine.yaml",
        "line": 8,
        "column": 11,
        "end_line": 8,
        "end_column": 23,
        "help": "did you mean `learning_rate`?",
    }
    assert objects[2]["path"] is None
    assert objects[2]["line"] is None


def test_github_escapes_and_puts_errors_first():
    odd = Probe(at(1, 1, 2, source="a,b:c.yaml"), "50% of", way_out="do\nthis")
    twice = Caution(TWICE.span, TWICE.message, way_out="keep one")
    assert render_github([twice, odd], Texts()) == golden("""
        ::error file=a%2Cb%3Ac.yaml,line=1,endLine=1,col=1,title=R203::50%25 of%0Ado%0Athis
        ::warning file=specs/mine.yaml,line=6,endLine=6,col=3,title=L101::`epochs` is written twice%0Akeep one
        """)


def test_sarif_is_one_run_whose_results_point_at_their_rules():
    log = json.loads(FORMATS["sarif"]([TWICE, TYPO, Probe(None, "full")], Texts()))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["L101", "R203"]
    assert rules[0]["shortDescription"]["text"] == "A warning with a reason."
    assert [rules[result["ruleIndex"]]["id"] for result in run["results"]] == ["L101", "R203", "R203"]
    first, second, third = run["results"]
    assert first["level"] == "warning"
    assert first["relatedLocations"][0]["physicalLocation"]["region"]["startLine"] == 3
    assert second["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "specs/mine.yaml"
    assert "locations" not in third


@pytest.mark.parametrize("name", FORMATS)
def test_every_machine_format_can_say_that_all_is_well(name: str):
    text = FORMATS[name]([], Texts())
    assert text == "" or json.loads(text) is not None
