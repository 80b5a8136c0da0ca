import json
import subprocess
import sys
from dataclasses import asdict, replace

import numpy as np
import pandas as pd

from recipe.data.reading import read
from recipe.program.plans import Split
from tests.data.plans import csv_source, kind, npz_source, plan_of, source

DIGITS = source("bundled", name="digits")
THIRDS = Split(validation=0.1, test=0.2, stratified=False, group=None)


def test_digits_are_bytes_with_their_scale(dataset_of):
    dataset = dataset_of(plan_of(DIGITS, split=replace(THIRDS, stratified=True)))
    facts = dataset.facts
    assert facts.examples == {"train": 1258, "validation": 180, "test": 359}
    assert facts.inputs["input"].shape == (8, 8, 1)
    assert (facts.inputs["input"].dtype, facts.inputs["input"].scale) == ("uint8", 1 / 16)
    assert facts.targets[0].classes == tuple("0123456789")
    assert sum(facts.targets[0].counts) == 1258
    assert {part: arrays.inputs["input"].dtype for part, arrays in dataset.splits.items()} == dict.fromkeys(
        facts.examples, np.uint8
    )


def test_every_split_holds_the_rows_it_says(dataset_of, shared_data):
    dataset = dataset_of(plan_of(DIGITS, split=THIRDS))
    expected = np.loadtxt(shared_data("digits.csv.gz"), delimiter=",", dtype=np.int64)
    for arrays in dataset.splits.values():
        assert np.array_equal(arrays.inputs["input"].reshape(-1, 64), expected[arrays.rows, :64])
        assert np.array_equal(arrays.targets["digit"], expected[arrays.rows, 64])
        assert len(arrays) == len(arrays.rows)


def test_xor_is_four_rows_of_two_flags(dataset_of):
    arrays = dataset_of(plan_of(source("bundled", name="xor"))).splits["train"]
    assert arrays.inputs["input"].tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert arrays.targets["output"].tolist() == [[0], [1], [1], [0]]


def test_penguins_are_encoded_as_pandas_and_numpy_say(dataset_of, shared_data):
    plan = plan_of(source("bundled", name="penguins"), missing="drop", split=replace(THIRDS, stratified=True))
    dataset = dataset_of(plan)
    table = pd.read_csv(shared_data("penguins.csv"))
    train = table.loc[dataset.splits["train"].rows]
    for arrays in dataset.splits.values():
        rows = table.loc[arrays.rows]
        blocks = []
        for column in table.columns[1:]:
            if rows[column].dtype.kind in "if":
                blocks.append((rows[column] - train[column].mean()) / train[column].std(ddof=0))
            else:
                blocks.extend(
                    (rows[column] == value).astype(float) for value in sorted(train[column].unique())
                )
        assert np.allclose(arrays.inputs["input"], np.stack(blocks, axis=1), atol=1e-6)
        expected = pd.Categorical(rows["species"], categories=["Adelie", "Chinstrap", "Gentoo"]).codes
        assert arrays.targets["species"].tolist() == expected.tolist()


def test_adult_is_read_from_two_files(dataset_of, shared_data):
    sources = {
        "train": csv_source(shared_data("adult_train.csv.gz")),
        "test": csv_source(shared_data("adult_test.csv.gz")),
    }
    dataset = dataset_of(
        plan_of(sources, "income", missing="category", split=replace(THIRDS, validation=0.1))
    )
    assert dataset.facts.examples == {"train": 29305, "validation": 3256, "test": 16281}
    table = pd.read_csv(shared_data("adult_test.csv.gz"))
    assert (
        dataset.splits["test"].targets["income"].tolist() == (table["income"] == ">50K").astype(int).tolist()
    )
    assert sum(dataset.facts.inputs["input"].shape) == sum(column.width for column in dataset.facts.columns)


def test_mnist_keeps_its_bytes_and_the_names_of_the_training_arrays(dataset_of, shared_data):
    path = shared_data("mnist.npz")
    sources = {"train": npz_source(path, "x_train", "y_train"), "test": npz_source(path, "x_test", "y_test")}
    dataset = dataset_of(plan_of(sources, split=replace(THIRDS, validation=5000)))
    assert dataset.facts.examples == {"train": 55000, "validation": 5000, "test": 10000}
    assert dataset.facts.inputs["input"].shape == (28, 28, 1)
    assert dataset.facts.inputs["input"].scale == 1 / 255
    with np.load(path) as arrays:
        validation = dataset.splits["validation"]
        assert np.array_equal(validation.inputs["input"][..., 0], arrays["x_train"][validation.rows])
        assert np.array_equal(validation.targets["y_train"], arrays["y_train"][validation.rows])
        assert np.array_equal(dataset.splits["test"].targets["y_train"], arrays["y_test"])


def test_numbers_to_learn_keep_their_unit(dataset_of, shared_data):
    plan = plan_of(
        csv_source(shared_data("california_housing.csv.gz")),
        "median_house_value",
        missing="mean",
        split=THIRDS,
    )
    dataset = dataset_of(plan)
    table = pd.read_csv(shared_data("california_housing.csv.gz"))
    arrays, target = dataset.splits["train"], dataset.facts.targets[0]
    prices = table["median_house_value"][arrays.rows]
    assert arrays.targets["median_house_value"].shape == (len(arrays), 1)
    assert np.array_equal(arrays.targets["median_house_value"][:, 0], prices)
    assert np.isclose(target.mean, prices.mean())
    assert np.isclose(target.std, prices.std(ddof=0))


def test_a_column_with_a_policy_of_its_own_on_titanic(dataset_of, shared_data):
    features = {
        "pclass": kind("category"),
        "sex": None,
        "age": kind("number", "median"),
        "embarked": kind("category", "category"),
    }
    dataset = dataset_of(
        plan_of(
            csv_source(shared_data("titanic_1309.csv")),
            "survived",
            features=features,
            ignores_others=True,
            split=THIRDS,
        )
    )
    ages = pd.read_csv(shared_data("titanic_1309.csv"))["age"][dataset.splits["train"].rows]
    statistics = {column.name: column.statistics for column in dataset.facts.columns}
    assert statistics["age"]["fill"] == ages.median()
    assert np.isclose(statistics["age"]["mean"], ages.mean())
    assert statistics["age"]["missing"] == ages.isna().sum()
    assert statistics["pclass"]["categories"] == ("1", "2", "3")
    assert dataset.facts.targets[0].kind == "flag"
    assert dataset.splits["train"].targets["survived"].dtype == np.float32


def test_facts_are_plain_values_that_json_can_hold(dataset_of, shared_data):
    for plan in (
        plan_of(DIGITS, split=THIRDS),
        plan_of(source("bundled", name="penguins"), missing="drop", split=THIRDS),
        plan_of(csv_source(shared_data("california_housing.csv.gz")), "median_house_value", missing="mean"),
    ):
        facts = dataset_of(plan).facts
        columns = [
            {**asdict(replace(column, statistics={})), **column.statistics} for column in facts.columns
        ]
        plain = {**asdict(replace(facts, columns=(), inputs=dict(facts.inputs))), "columns": columns}
        assert types_in(plain) <= {int, float, str, type(None)}
        json.dumps(plain)


def types_in(value):
    if isinstance(value, dict):
        return set.union(set(), *(types_in(item) for item in value.values()))
    if isinstance(value, list | tuple):
        return set.union(set(), *(types_in(item) for item in value))
    return {type(value)}


def test_the_fingerprint_is_of_the_content_and_not_of_its_path(write, tmp_path, dataset_of):
    lines = ("x,y", "1,a", "2,b", "4,a")
    first = dataset_of(plan_of(csv_source(write(*lines, name="a.csv")), "y")).facts.fingerprint
    moved = dataset_of(plan_of(csv_source(write(*lines, name="b.csv")), "y")).facts.fingerprint
    changed = dataset_of(plan_of(csv_source(write(*lines, "5,b", name="c.csv")), "y")).facts.fingerprint
    assert first == moved != changed
    assert len(first) == 64


def test_statistics_come_from_the_training_split_only(write, dataset_of):
    rows = [f"{row % 7},{'ab'[row % 2]}" for row in range(100)]
    plan = plan_of(csv_source(write("x,y", *rows)), "y", split=THIRDS)
    dataset = dataset_of(plan)
    train = np.array([row % 7 for row in dataset.splits["train"].rows])
    assert np.isclose(dataset.facts.columns[0].statistics["mean"], train.mean())
    encoded = dataset.splits["train"].inputs["input"]
    assert np.allclose([encoded.mean(), encoded.std()], [0, 1], atol=1e-6)


def test_one_seed_gives_one_dataset(dataset_of):
    first, again, other = (dataset_of(plan_of(DIGITS, split=THIRDS, seed=seed)) for seed in (1, 1, 2))
    assert first.splits["test"].rows.tolist() == again.splits["test"].rows.tolist()
    assert first.splits["test"].rows.tolist() != other.splits["test"].rows.tolist()


def test_a_source_of_its_own_is_used_as_it_is(write, dataset_of):
    rows = [f"{row * row},{'ab'[row % 2]}" for row in range(50)]
    sources = {
        "train": csv_source(write("x,y", *rows, name="train.csv")),
        "validation": csv_source(write("y,x", "b,1", "a,2", name="validation.csv")),
    }
    dataset = dataset_of(plan_of(sources, "y", split=THIRDS))
    assert dataset.facts.examples == {"train": 40, "validation": 2, "test": 10}
    assert dataset.splits["validation"].targets["y"].tolist() == [1, 0]


def test_a_source_without_a_needed_column_suggests_the_nearest(write, problems_of):
    sources = {
        "train": csv_source(write("age,y", "1,a", "2,b", "4,a", name="train.csv")),
        "test": csv_source(write("agee,y", "1,a", name="test.csv")),
    }
    (problem,) = problems_of(plan_of(sources, "y"))
    assert problem.message == "`test.csv` has no column `age` (`data.test`)"
    assert problem.label == "did you mean `agee`?"


def test_a_class_that_training_never_has_is_refused(write, problems_of):
    sources = {
        "train": csv_source(write("x,y", "1,a", "2,b", "4,a", name="train.csv")),
        "test": csv_source(write("x,y", "1,a", "2,c", "3,c", name="test.csv")),
    }
    (problem,) = problems_of(plan_of(sources, "y"))
    assert problem.message == (
        "`test` has the class `c` of `y` 2 times, and the training data never: test.csv lines 3, 4"
    )


def test_a_category_that_training_never_has_is_zero_and_counted(write):
    sources = {
        "train": csv_source(write("x,y", "r,a", "g,b", "r,a", name="train.csv")),
        "test": csv_source(write("x,y", "r,a", "blue,b", "blue,b", name="test.csv")),
    }
    problems = []
    dataset = read(plan_of(sources, "y"), problems)
    assert dataset.splits["test"].inputs["input"].tolist() == [[0, 1], [0, 0], [0, 0]]
    assert [problem.message for problem in problems] == [
        "2 cells of `x` in `test` hold values that never occur in the training split: `blue`"
    ]


def test_text_among_the_numbers_of_a_test_source_is_refused(write, problems_of):
    sources = {
        "train": csv_source(write("x,y", "1.5,a", "2,b", "4,a", name="train.csv")),
        "test": csv_source(write("x,y", "many,a", name="test.csv")),
    }
    (problem,) = problems_of(plan_of(sources, "y"))
    assert (problem.code, problem.cell) == ("R526", "many")


def test_a_target_with_one_class_is_refused(write, problems_of):
    (problem,) = problems_of(plan_of(csv_source(write("x,y", "1,a", "2,a", "4,a")), "y"))
    assert problem.message == "the target `y` has one value only, `a`; there is nothing to learn"


def test_one_row_is_refused(write, problems_of):
    (problem,) = problems_of(plan_of(csv_source(write("x,y", "1,a")), "y"))
    assert problem.code == "R508"


def test_a_number_cannot_be_stratified(write, problems_of):
    table = csv_source(write("x,y", *(f"{row},{row / 7}" for row in range(1, 10))))
    (problem,) = problems_of(plan_of(table, "y", split=replace(THIRDS, stratified=True)))
    assert problem.code == "R553"


def test_groups_and_strata_exclude_each_other(problems_of):
    split = replace(THIRDS, stratified=True, group="island")
    plan = plan_of(source("bundled", name="penguins"), split=split, ignore=["sex"], missing="mean")
    assert [problem.code for problem in problems_of(plan)] == ["R555"]


def test_sources_without_training_are_refused(problems_of):
    assert [problem.code for problem in problems_of(plan_of({"test": DIGITS}))] == ["R556"]


def test_all_missing_files_are_told_at_once(tmp_path, problems_of):
    sources = {part: csv_source(tmp_path / f"{part}.csv") for part in ("train", "test")}
    assert [problem.code for problem in problems_of(plan_of(sources, "y"))] == ["R501", "R501"]


def test_sentences_stay_together_by_document(dataset_of, shared_data):
    path = shared_data("brown_genre_sentences.csv.gz")
    split = replace(THIRDS, group="doc")
    plan = plan_of(csv_source(path), "genre", features={"doc": None}, ignores_others=True, split=split)
    problems = []
    dataset = read(plan, problems)
    documents = pd.read_csv(path, keep_default_na=False)["doc"]
    sets = [set(documents[arrays.rows]) for arrays in dataset.splits.values()]
    assert sum(map(len, sets)) == documents.nunique()
    assert 0.19 < dataset.facts.examples["test"] / len(documents) < 0.21


def test_reading_loads_no_framework():
    script = (
        "import sys; import recipe.data.reading, recipe.data.predicting, recipe.data.order;"
        "print(sorted({'pandas', 'tensorflow', 'keras'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_newest_rows_are_the_test_whatever_their_order_in_the_file(write, dataset_of):
    days = [f"2013-01-{day:02d}T11:00:00Z" for day in (5, 1, 9, 3, 7, 2, 8, 4, 10, 6)]
    table = csv_source(write("when,x,y", *(f"{day},{row / 7},{row % 2}" for row, day in enumerate(days))))
    dataset = dataset_of(plan_of(table, "y", split=replace(THIRDS, validation=3, test=2, time="when")))
    assert {
        part: sorted(days[row][8:10] for row in arrays.rows) for part, arrays in dataset.splits.items()
    } == {
        "train": ["01", "02", "03", "04", "05"],
        "validation": ["06", "07", "08"],
        "test": ["09", "10"],
    }
    assert [column.name for column in dataset.facts.columns] == ["x"]


def test_what_says_no_time_is_no_order(write, problems_of):
    table = csv_source(write("when,x,y", "monday,1.5,a", "tuesday,2.5,b", "monday,1.7,b"))
    (problem,) = problems_of(plan_of(table, "y", split=replace(THIRDS, time="when")))
    assert (problem.code, problem.cell) == ("R549", "monday")
