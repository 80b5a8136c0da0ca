from tests.data.plans import csv_source, plan_of


def test_an_empty_column_is_told(refusal):
    assert refusal(["", "NA", ""]).message == "all cells of `x` are missing in `data.csv`"


def test_every_column_with_a_problem_is_told_at_once(shared_data, problems_of):
    problems = problems_of(plan_of(csv_source(shared_data("titanic_1309.csv")), "survived"))
    texts = [problem.column for problem in problems if problem.code == "R524"]
    missing = [problem.column for problem in problems if problem.code == "R530"]
    assert texts == ["name", "ticket", "cabin", "home.dest"]
    assert missing == ["age", "fare", "embarked", "boat", "body"]
