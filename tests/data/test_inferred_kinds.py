import pytest

from tests.data.plans import kind


@pytest.mark.parametrize(
    ("cells", "name", "reason"),
    [
        (["1", "2.5", "-3e2", "2"], "number", "4 of 4 cells are numbers"),
        (["0", "1", "1.0", "0"], "flag", "every cell is 0 or 1"),
        (["Yes", "no", "no"], "flag", "every cell is no or yes"),
        (["red", "green", "red"], "category", "2 distinct values in 3 rows"),
        (["male", "female", "male"], "category", "2 distinct values in 3 rows"),
        (["1", "2", "b", "b"], "category", "3 distinct values in 4 rows"),
        (["5", "5", "5"], "number", "3 of 3 cells are numbers"),
        (["0", "0", "0"], "number", "3 of 3 cells are numbers"),
    ],
)
def test_the_kind_of_a_feature_is_inferred_and_says_why(column, cells, name, reason):
    assert (column(cells).kind, column(cells).reason) == (name, reason)


@pytest.mark.parametrize(
    ("cells", "name", "classes"),
    [
        (["cat", "dog", "dog"], "category", ("cat", "dog")),
        (["no", "yes", "no"], "category", ("no", "yes")),
        (["0", "1", "1"], "flag", ("0", "1")),
        (["10", "9", "2", "2.0"], "category", ("2", "9", "10")),
        ([str(number) for number in range(20)], "category", tuple(str(number) for number in range(20))),
        ([str(number) for number in range(21)], "number", ()),
        (["0.5", "1", "2"], "number", ()),
    ],
)
def test_the_kind_of_a_target_is_inferred(target, cells, name, classes):
    assert (target(cells).kind, target(cells).classes) == (name, classes)


@pytest.mark.parametrize(
    ("rows", "distinct", "accepted"), [(30, 20, True), (30, 21, False), (500, 25, True), (500, 26, False)]
)
def test_a_text_is_a_category_up_to_twenty_values_or_five_percent(column, refusal, rows, distinct, accepted):
    cells = [f"v{row % distinct}" for row in range(rows)]
    if accepted:
        assert column(cells).kind == "category"
    else:
        assert refusal(cells).code == "R524"


def test_a_text_without_a_value_twice_is_no_category(refusal):
    problem = refusal(["Ada", "Bob", "Cid"])
    assert problem.message == (
        "the feature `x` looks like free text or an identifier: 3 distinct values in 3 rows"
    )
    assert "`x: category`" in problem.help


def test_free_text_is_no_target(refusal):
    assert refusal(["Ada", "Bob", "Cid"], role="target").help == (
        "if these are classes, give the kind: `target: {x: category}`"
    )


def test_a_column_that_only_counts_the_rows_is_refused(refusal, column):
    counting = [str(row) for row in range(7, 107)]
    assert (refusal(counting).code, refusal(counting).first, refusal(counting).last) == ("R525", 7, 106)
    assert column(counting, kind("number")).kind == "number"
    assert column(counting[::-1]).kind == "number"
    assert column(counting[:20]).kind == "number"


def test_a_few_mistakes_among_numbers_are_named_with_their_lines(refusal):
    problem = refusal(["1.5", *(str(row * row) for row in range(60)), "n.a.", "12;5"])
    assert (
        problem.message == "`x` has 2 cells that are no finite number, such as `n.a.`: data.csv lines 63, 64"
    )
