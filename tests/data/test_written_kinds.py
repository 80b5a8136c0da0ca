import pytest

from tests.data.plans import kind


def test_a_kind_that_is_written_holds(column, target):
    assert column(["1", "2", "10", "2.0"], kind("category")).statistics["categories"] == ("1", "2", "10")
    assert column(["1", "2", "1"], kind("category")).reason == ""
    assert target(["0", "1", "1"], kind("category")).kind == "category"
    assert target(["male", "female", "male"], kind("flag")).classes == ("female", "male")
    assert target(["no", "yes", "no"], kind("flag")).classes == ("no", "yes")
    assert target([str(number) for number in range(30)], kind("category")).classes[-2:] == ("28", "29")


@pytest.mark.parametrize(
    ("cells", "advice"),
    [
        (["C85", "12", "B3"], "most of its cells are names: give its kind as `x: category`"),
        (["3", "12", "B3"], "correct the cells, or leave them empty and choose what `data.missing` does"),
    ],
)
def test_a_column_of_names_is_led_to_a_category(refusal, cells, advice):
    assert refusal(cells, kind("number")).help == advice


@pytest.mark.parametrize(
    ("cells", "written", "code"),
    [
        (["a", "b", "a"], "number", "R526"),
        (["a", "b", "c"], "flag", "R527"),
        (["a", "a", "a"], "flag", "R527"),
        (["a", "b", "a"], "image", "R528"),
        (["", "", ""], "number", "R529"),
    ],
)
def test_cells_that_cannot_be_of_a_kind_are_refused(refusal, cells, written, code):
    assert refusal(cells, kind(written)).code == code


def test_a_category_that_would_fill_the_memory_is_refused(refusal):
    problem = refusal([f"v{row}" for row in range(10_001)], kind("category"))
    assert problem.message == "the category `x` must have at most 10,000 distinct values. Received: 10,001"
