from tests.data.plans import csv_source, kind, plan_of


def test_infinity_is_no_number_to_train_on(refusal):
    assert refusal(["1", "2", "inf", "-Infinity"]).message == (
        "`x` has 2 cells that are no finite number, such as `inf`: data.csv lines 4, 5"
    )


def test_a_decimal_comma_is_recognized(write, problems_of):
    path = write("x;y", "1,5;a", "2,5;b", "3,5;a")
    (problem,) = problems_of(plan_of(csv_source(path), "y", features={"x": kind("number")}))
    assert problem.help == "numbers are written with a decimal point: 12.5"
