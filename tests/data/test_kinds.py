import pytest

from tests.data.plans import csv_source, kind, plan_of


@pytest.fixture
def column(write, dataset_of):
    """The facts of a feature with some cells."""

    def facts(cells, written=None):
        path = write("x,y", *(f"{cell},{'ab'[row % 2]}" for row, cell in enumerate(cells)))
        dataset = dataset_of(plan_of(csv_source(path, header=True), "y", features={"x": written}))
        return dataset.facts.columns[0]

    return facts


@pytest.fixture
def target(write, dataset_of):
    """The facts of a target with some cells."""

    def facts(cells, written=None):
        path = write("x,y", *(f"{row * row},{cell}" for row, cell in enumerate(cells)))
        return dataset_of(plan_of(csv_source(path, header=True), {"y": written})).facts.targets[0]

    return facts


@pytest.fixture
def refusal(write, problems_of):
    """The problem of a feature (or target) with some cells."""

    def problem_of(cells, written=None, role="feature"):
        path = write("x,y", *(f"{cell},{'ab'[row % 2]}" for row, cell in enumerate(cells)))
        source = csv_source(path, header=True)
        plan = (
            plan_of(source, "y", features={"x": written})
            if role == "feature"
            else plan_of(source, {"x": written})
        )
        (problem,) = problems_of(plan)
        return problem

    return problem_of


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


def test_a_kind_that_is_written_holds(column, target):
    assert column(["1", "2", "10", "2.0"], kind("category")).statistics["categories"] == ("1", "2", "10")
    assert column(["1", "2", "1"], kind("category")).reason == ""
    assert target(["0", "1", "1"], kind("category")).kind == "category"
    assert target(["male", "female", "male"], kind("flag")).classes == ("female", "male")
    assert target(["no", "yes", "no"], kind("flag")).classes == ("no", "yes")
    assert target([str(number) for number in range(30)], kind("category")).classes[-2:] == ("28", "29")


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


def test_infinity_is_no_number_to_train_on(refusal):
    assert refusal(["1", "2", "inf", "-Infinity"]).message == (
        "`x` has 2 cells that are no finite number, such as `inf`: data.csv lines 4, 5"
    )


def test_a_decimal_comma_is_recognized(write, problems_of):
    path = write("x;y", "1,5;a", "2,5;b", "3,5;a")
    (problem,) = problems_of(plan_of(csv_source(path), "y", features={"x": kind("number")}))
    assert problem.help == "numbers are written with a decimal point: 12.5"


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


def test_an_empty_column_is_told(refusal):
    assert refusal(["", "NA", ""]).message == "all cells of `x` are missing in `data.csv`"


def test_every_column_with_a_problem_is_told_at_once(shared_data, problems_of):
    problems = problems_of(plan_of(csv_source(shared_data("titanic_1309.csv")), "survived"))
    texts = [problem.column for problem in problems if problem.code == "R524"]
    missing = [problem.column for problem in problems if problem.code == "R530"]
    assert texts == ["name", "ticket", "cabin", "home.dest"]
    assert missing == ["age", "fare", "embarked", "boat", "body"]
