"""`model.keras` in a program that never heard of recipe, against recipe's predictions on the same rows."""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
import pytest

import recipe
from recipe.api import DataError, Run, predict
from recipe.compiler.serving import build_serving
from tests.compiler import serving_worker
from tests.compiler.serving_worker import feed, read

PENGUINS = """\
species,island,bill_length_mm,bill_depth_mm,flipper_length_mm,body_mass_g,sex,year
Adelie,Torgersen,39.1,18.7,181,3750,male,2007
Gentoo,Biscoe,46.1,13.2,211,4500,female,2007
Chinstrap,Dream,46.5,17.9,192,3500,female,2007
Adelie,Atlantis,40.0,18.0,190,3600,unknown,2007
"""

TABLE = """\
recipe: 1
name: table
data:
  source: {csv: {path: table.csv}}
  target: answer
  features:
    year: number
    price per/unit: {number: {missing: median}}
    size (mm): number
    network: category
    known: flag
    colour: {category: {missing: category}}
    bit: flag
  missing: mean
architecture:
  - Dense: {units: 8, activation: tanh}
  - head
optimizer:
  Adam: {learning_rate: 0.05}
training: {epochs: 3, batch_size: 16}
"""

WORDS = """\
recipe: 1
name: words
data:
  source: {csv: {path: said.csv}}
  target: mood
  features: {said: {text: {vocabulary: 9, length: 4}}, age: number}
architecture:
  inputs: {said: auto, others: auto}
  layers:
    - Embedding: {input_dim: "${data.vocabulary}", output_dim: 3, mask_zero: true}
      from: said
    - GlobalAveragePooling1D:
      as: mean
    - Concatenate:
      from: [mean, others]
    - head
optimizer:
  Adam: {learning_rate: 0.05}
training: {epochs: 3, batch_size: 16}
"""

# Words in other cases, with punctuation, never seen, too many, and none.
SAID = """\
said,age
"A GOOD day, isn't it?",1.5
bad,2
``,3
zebra\u00a0zebra naïve,4
so so so so so so good,5
"""

# Missing cells of every kind, words in other cases, whole numbers with a point, a network never seen.
ROWS = """\
year,price per/unit,size (mm),network,known,colour,bit
2008,2.5,0.001,a,yes,red,0
2009,,0.002,b,No,,1
2010,1e3,,c,,blue,
,7,0.004,never,YES,green,1.0
"""


STEPS = """\
recipe: 1
name: steps
data:
  source: {csv: {path: visits.csv}}
  target: bought
  features:
    pages: {sequence: {length: 3, missing: category}}
    seconds: {sequence: {length: 4, of: number, separator: ";", scale: quantile}}
architecture:
  inputs: {pages: auto, seconds: auto}
  layers:
    - Embedding: {input_dim: "${data.vocabulary}", output_dim: 3, mask_zero: true}
      from: pages
    - GRU: {units: 3}
      as: seen
    - GRU: {units: 3}
      from: seconds
      as: stayed
    - Concatenate:
      from: [seen, stayed]
    - head
optimizer: {Adam: {learning_rate: 0.05}}
training: {epochs: 3, batch_size: 16}
"""

# Too many steps, one that was never seen, and none.
VISITS = """\
pages,seconds
home cart home home,1;2.5;9;4;100
never,3
,0.5;7
"""

KINDS = """\
recipe: 1
name: kinds
data:
  source: {csv: {path: kinds.csv}}
  target: {price: {number: {scale: none}}}
  features:
    log: {number: {scale: log, missing: indicator}}
    robust: {number: robust}
    minmax: {number: minmax}
    quantile: {number: quantile}
    often: {number: quantile}
    plain: {number: none}
    city: {category: {embedding: 3}}
    tail: {category: {hashing: 7, embedding: 2}}
    plane: {category: {hashing: 5}}
    rare: {category: {minimum_count: 8}}
    when: {date: {parts: [year, month, day, day_of_week, day_of_year, hour, minute], missing: indicator}}
    answered: {flag: {missing: indicator}}
    bit: {flag: {missing: indicator}}
    tags: {labels: "|"}
architecture:
  - Dense: {units: 8, activation: tanh}
  - head
optimizer: {Adam: {learning_rate: 0.05}}
training: {epochs: 3, batch_size: 16}
"""


@dataclass(frozen=True, slots=True)
class Case:
    """A run, and raw rows for it."""

    run: Run
    rows: Path


def table(path: Path) -> None:
    """A table with a column of every kind, most of them with missing cells."""
    generator = np.random.default_rng(0)
    count = 64

    def some(values: list[str]) -> list[str]:
        return [str(value) for value in generator.choice(values, count)]

    frame = pd.DataFrame(
        {
            "year": some(["2007", "2008", "2009", "2010", "2011"]),
            "price per/unit": some(["1", "2.5", "30", "1000", ""]),
            "size (mm)": some(["0.001", "0.002", "0.003", ""]),
            "network": some(["a", "b", "c"]),
            "known": some(["yes", "yes", "no", ""]),
            "colour": some(["red", "blue", ""]),
            "bit": some(["0", "1", ""]),
            "answer": some(["left", "right", "middle"]),
        }
    )
    frame.to_csv(path, index=False)


def kinds(path: Path, *, count: int, seed: int) -> None:
    """A table for every encoding that is not the usual one; names and numbers differ by seed."""
    generator = np.random.default_rng(seed)

    def gaps(values: np.ndarray) -> np.ndarray:
        return np.where(generator.random(count) < 0.2, "", values.astype(str))

    days = generator.integers(0, 1000, count).astype("timedelta64[D]")
    seconds = generator.integers(0, 86400, count).astype("timedelta64[s]")
    names = np.array([f"n{number}" for number in generator.integers(0, 12 + seed, count)])
    frame = pd.DataFrame(
        {
            **{name: generator.lognormal(size=count) for name in ("robust", "minmax", "quantile", "plain")},
            "log": gaps(generator.lognormal(size=count)),
            "often": generator.integers(0, 5, count),
            **{name: generator.permutation(names) for name in ("city", "tail", "plane", "rare")},
            "when": gaps(np.datetime64("2012-01-01T00:00:00") + days + seconds),
            "answered": gaps(np.where(generator.random(count) < 0.5, "yes", "no")),
            "bit": gaps(generator.integers(0, 2, count)),
            "price": generator.normal(200, 50, count),
            "tags": [
                "|".join(names[row : row + size]) for row, size in enumerate(generator.integers(0, 4, count))
            ],
        }
    )
    frame.to_csv(path, index=False)


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Case]:
    """Runs of a few epochs, by name."""
    folder = tmp_path_factory.mktemp("serving")
    specs = Path(recipe.__file__).parents[1] / "specs"
    (folder / "penguins.csv").write_text(PENGUINS)
    digits = pd.read_csv(Path(recipe.__file__).parent / "data/bundled/digits.csv.gz", header=None)
    digits.iloc[:20, :64].add_prefix("pixel ").to_csv(folder / "digits.csv", index=False)
    table(folder / "table.csv")
    (folder / "table.yaml").write_text(TABLE)
    (folder / "rows.csv").write_text(ROWS)
    kinds(folder / "kinds.csv", count=100, seed=0)
    kinds(folder / "others.csv", count=30, seed=1)
    (folder / "kinds.yaml").write_text(KINDS)
    said = [f"So {word}, a day{number}," for number in range(3) for word in ("good", "bad", "quiet")] * 4
    table_of_words = {"said": said, "age": np.linspace(0, 9, 36), "mood": ["high", "low", "low"] * 12}
    pd.DataFrame(table_of_words).to_csv(folder / "said.csv", index=False)
    (folder / "words.csv").write_text(SAID)
    (folder / "words.yaml").write_text(WORDS)
    pages = [" ".join(names) for names in np.split(np.array(["home", "cart", "help"] * 20), range(2, 60, 2))]
    seconds = [";".join(map(str, range(row % 4 + 1))) for row in range(30)]
    visits = {"pages": pages, "seconds": seconds, "bought": ["yes", "no", "no"] * 10}
    pd.DataFrame(visits).to_csv(folder / "visits.csv", index=False)
    (folder / "others visits.csv").write_text(VISITS)
    (folder / "steps.yaml").write_text(STEPS)
    chosen = {
        "steps": (folder / "steps.yaml", "others visits.csv"),
        "words": (folder / "words.yaml", "words.csv"),
        "penguins": (specs / "penguins-mlp.yaml", "penguins.csv"),
        "digits": (specs / "digits-mlp.yaml", "digits.csv"),
        "table": (folder / "table.yaml", "rows.csv"),
        "kinds": (folder / "kinds.yaml", "others.csv"),
    }
    return {
        name: Case(recipe.fit(recipe.load(spec, ["training.epochs=3"]), folder=folder / name), folder / rows)
        for name, (spec, rows) in chosen.items()
    }


@pytest.fixture(scope="module")
def served(cases: Mapping[str, Case], tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, np.ndarray]:
    """What the program that never heard of recipe predicts."""
    folder = tmp_path_factory.mktemp("elsewhere")
    jobs, answers = folder / "jobs.json", folder / "answers.json"
    jobs.write_text(
        json.dumps({name: (f"{case.run.path}/model.keras", str(case.rows)) for name, case in cases.items()})
    )
    command = [sys.executable, serving_worker.__file__, str(jobs), str(answers)]
    done = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return {name: np.asarray(rows) for name, rows in json.loads(answers.read_text()).items()}


def path_of(run: Run) -> Path:
    """The folder of a run that has one."""
    assert run.path is not None
    return run.path


def own(case: Case) -> np.ndarray:
    """Recipe's own probabilities, `(rows, classes)`."""
    frame, _ = predict(path_of(case.run), case.rows)
    is_number = list(frame) == ["prediction"]
    return frame.to_numpy() if is_number else frame.filter(like="probability").to_numpy()


@pytest.mark.parametrize("name", ["penguins", "digits", "table", "kinds", "words", "steps"])
def test_a_program_without_recipe_predicts_what_recipe_predicts(
    name: str, cases: Mapping[str, Case], served: Mapping[str, np.ndarray]
) -> None:
    assert len(served[name]) == len(pd.read_csv(cases[name].rows))
    np.testing.assert_allclose(served[name], own(cases[name]), atol=1e-5)


def serving_of(case: Case) -> Any:
    """The serving model of a run, in this process."""
    return build_serving(case.run.outcome.compiled.program, case.run.model)


def unanswered(case: Case, **cells: list[str]) -> list[bool]:
    """For which rows the serving model has no probability, when columns are written over."""
    model = serving_of(case)
    answers = np.asarray(model(feed(model, read(str(case.rows)).assign(**cells))))
    return [bool(row.all()) for row in np.isnan(answers)]


def test_a_missing_column_is_refused_as_recipe_refuses_it(cases: Mapping[str, Case], tmp_path: Path) -> None:
    case = cases["penguins"]
    fed = feed(serving_of(case), read(str(case.rows)))
    del fed["island"]
    pd.read_csv(case.rows).drop(columns="island").to_csv(tmp_path / "rows.csv", index=False)
    with pytest.raises(DataError, match="island"):
        predict(path_of(case.run), tmp_path / "rows.csv")
    with pytest.raises(ValueError, match="island"):
        serving_of(case)(fed)


def test_a_missing_number_that_training_cannot_fill_gives_no_probability(cases: Mapping[str, Case]) -> None:
    masses = ["3750", "", "3500", ""]
    assert unanswered(cases["penguins"], body_mass_g=masses) == [False, True, False, True]


def test_a_word_that_is_neither_value_of_a_flag_gives_no_probability(cases: Mapping[str, Case]) -> None:
    words = ["yes", "perhaps", "no", ""]
    assert unanswered(cases["table"], known=words) == [False, True, False, False]


def test_inputs_are_named_as_the_columns_where_keras_allows_it(cases: Mapping[str, Case]) -> None:
    names = ["year", "price per_unit", "size (mm)", "network_", "known", "colour", "bit"]
    assert list(serving_of(cases["table"]).input) == names


def test_every_part_has_the_same_name_each_time(cases: Mapping[str, Case]) -> None:
    first, second = (serving_of(cases["table"]) for _ in range(2))
    assert "filled_0" in [item.name for item in first.operations]
    assert first.get_config() == second.get_config()


NAMED_AS_OPERATIONS = """
recipe: 1
data:
  source: {csv: cast.csv}
  target: seen
  features: {cast: {sequence: {length: 3}}, add: number}
architecture:
  inputs: {cast: auto, others: auto}
  layers:
    - Embedding: {input_dim: "${data.vocabulary}", output_dim: 2}
      from: cast
    - Flatten:
      as: known
    - Concatenate:
      from: [known, others]
    - head
optimizer: Adam
training: {epochs: 1}
"""


def test_columns_may_be_called_as_operations_of_keras(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    rows = {"cast": ["1 2", "2 3 4"] * 9, "add": range(18), "seen": ["yes", "no"] * 9}
    pd.DataFrame(rows).to_csv("cast.csv", index=False)
    keras.utils.clear_session()  # the first operation of each kind has a name without a number again
    compiled = recipe.compile(recipe.load("cast.yaml", text=NAMED_AS_OPERATIONS)).compiled
    assert sorted(build_serving(compiled.program, compiled.model).input) == ["add", "cast"]
