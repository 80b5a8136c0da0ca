import pytest

from recipe.api import check
from recipe.diagnostics.frames import Mark, Screen, strips
from recipe.diagnostics.lint_schedules import LongWarmup
from recipe.diagnostics.problems import Collected, EnoughProblems
from recipe.diagnostics.spans import Span
from recipe.diagnostics.text import EmptyText, SecondDocument
from tests.speeds import least_seconds

ERROR, ANOTHER = EmptyText(None), SecondDocument(None)
WARNING = LongWarmup(None, "warmup_cosine", 0.9)


def test_a_check_ends_at_the_error_after_the_last_that_is_told():
    problems = Collected(2)
    problems.append(ERROR)
    problems += [WARNING, ERROR]
    with pytest.raises(EnoughProblems) as ended:
        problems.extend([WARNING, ANOTHER])
    assert ended.value.problem is ANOTHER
    assert problems == [ERROR, WARNING, ERROR, WARNING]


def test_of_many_errors_the_first_hundred_are_told_and_that_there_are_more():
    checked = check("spec.yaml", text="".join(f"key_{number}: 1\n" for number in range(300)))
    codes = [problem.code for problem in checked.problems]
    assert (codes.count("R201"), codes.count("R125"), len(codes)) == (100, 1, 101)


def drawn(line, *columns):
    marks = [Mark(Span("spec.yaml", 1, column, 1, column + 4), "^", "error", "here") for column in columns]
    return [
        (strip.code, strip.under) for strip in strips(line, marks, Screen(40, False, lambda _, text: text))
    ]


def test_a_mark_in_a_line_of_any_length_is_drawn_like_one_in_a_short_line():
    around = "x " * 500 + "word" + " y" * 500
    alone = drawn(around, around.index("word") + 1)
    long = "a b " * 20_000 + around + " c d" * 20_000
    assert drawn(long, long.index("word") + 1) == alone
    assert "word" in alone[0][0]


def test_two_marks_far_apart_in_a_long_line_are_both_drawn():
    line = "word" + " x" * 50_000 + " last"
    strips_of_line = drawn(line, 1, len(line) - 3)
    assert strips_of_line[0][0].startswith("word")
    assert strips_of_line[1][0].endswith("last")


def test_a_long_line_takes_no_time_to_draw():
    line = "x" * 250_000
    assert least_seconds(lambda: drawn(line, *range(1, 250_000, 5_000)), 1.0) < 1.0
