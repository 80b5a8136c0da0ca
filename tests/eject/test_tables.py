"""The functions of a printed script read, divide and encode a table as the run does, to the last bit."""

from pathlib import Path

import numpy as np
import pytest

from recipe import api
from recipe.diagnostics.problems import RecipeError
from tests.eject.comparing import assert_equal_parts

SPEC = """
recipe: 1
name: flats
data:
  source: {{csv: {{path: flats.csv}}}}
  {data}
architecture: [{{Dense: 2}}, head]
optimizer: SGD
training: {{epochs: 1, batch_size: 16}}
"""
BY_SIZE = """target: price
  missing: indicator
  ignore: [near]
  features: {text: category, quarter: {category: {embedding: 2}}}"""


@pytest.fixture(autouse=True)
def flats(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A table with gaps, names that are numbers, words of flags in both cases, and rare names."""
    monkeypatch.chdir(tmp_path)
    generator = np.random.default_rng(4)
    lines = ["size,rooms,lift,quarter,owner,text,near,price"]
    for row in range(150):
        size = f"{generator.lognormal(4, 1):.3f}" if row % 17 else "NA"
        lift = ("yes", "No", "", "no")[row % 4]
        quarter = ("10.0", "9", " 10", "2")[generator.integers(4)]
        owner = f"owner {generator.integers(12) ** 2 % 40}"
        text = ("Sunny, near the lake!", "NEAR a lake", "dark; loud", "...")[generator.integers(4)]
        near = ("park | lake", "lake", "", "2.0|park|park")[row % 4]
        price = f"{100 + row * 1.7:.1f}"
        cells = (size, generator.integers(1, 6), lift, quarter, owner, f'"{text}"', near, price)
        lines.append(",".join(map(str, cells)))
    Path("flats.csv").write_text("\n".join(lines) + "\n")


@pytest.mark.parametrize(
    "data",
    [
        f"{BY_SIZE}\n  split: {{validation: 10%, test: 20%}}",
        "target: {price: {number: {scale: log}}}\n  features: {size: {number: {scale: robust, missing: mean}}"
        ", rooms: {number: none}, lift: {flag: {missing: mean}},"
        " owner: {category: {minimum_count: 12}}}\n  ignore: others\n  split: {test: 30}",
        "target: {price: {number: {scale: minmax}}}\n  missing: drop\n"
        "  features: {size: {number: quantile}, rooms: {number: minmax}, lift: flag}\n  ignore: others",
        "target: {dear: {flag: {column: price, above: 200}}}\n  features: {size: {number: {scale: log, "
        "missing: indicator}}, quarter: category}\n  ignore: others\n"
        "  split: {folds: 4, fold: 3, stratified: true, validation: 10%}",
        "target: quarter\n  features: {rooms: number}\n  ignore: others\n  split: {folds: 3, fold: 1}",
        "target: {lift: flag}\n  missing: drop\n  features: {rooms: number}\n  ignore: others\n"
        "  split: {test: 9, stratified: true}",
        'target: {near: {labels: "|"}}\n  features: {rooms: number}\n  ignore: others\n  split: {test: 20%}',
        'target: price\n  features: {near: {labels: "|"}}\n  ignore: others\n  split: {validation: 10%}',
        "target: price\n  missing: drop\n  ignore: others\n  split: {test: 20%}\n"
        "  features: {near: {sequence: {length: 2, vocabulary: 4, separator: '|'}}}",
        "target: quarter\n  features: {text: {text: {vocabulary: 5, length: 3}}}\n  ignore: others\n"
        "  split: {validation: 20%, test: 15%, group: owner}",
        "target: price\n  features: {quarter: category}\n  ignore: others\n  weight: rooms\n"
        "  split: {validation: 20, test: 30, group: owner}",
    ],
    ids=[
        "indicators",
        "scales",
        "dropped",
        "folds by class",
        "folds",
        "words of a flag",
        "labels",
        "labels as a feature",
        "steps",
        "words in groups",
        "weights in groups",
    ],
)
def test_a_script_divides_and_encodes_a_table_as_the_run_does(data: str):
    assert_equal_parts(api.load("flats.yaml", text=SPEC.format(data=data)))


@pytest.mark.parametrize(
    ("target", "kind"),
    [
        ("{said: {sequence: 3}}", "{sequence: 3}"),
        ("{said: {sequence: 4}}", "{sequence: {length: 4, of: number, scale: quantile}}"),
        ("{said: {sequence: {length: 3, of: number}}}", "{sequence: 3}"),
        ("{said: {sequence: {length: 4, of: number, scale: log}}}", "{sequence: {length: 4, of: number}}"),
    ],
    ids=["names", "numbers", "answers that are numbers", "on a scale"],
)
def test_a_script_reads_steps_and_their_answers_as_the_run_does(target: str, kind: str):
    rows = [" ".join(map(str, range(row % 5, row % 5 + row % 3 + 2))) for row in range(40)]
    said = [" ".join(str(int(step) % 2) for step in row.split()) for row in rows]
    pairs = zip(rows, said, strict=True)
    Path("steps.csv").write_text("\n".join(["seen,said", *map(",".join, pairs)]) + "\n")
    data = f"target: {target}\n  features: {{seen: {kind}}}\n  split: {{test: 20%}}"
    layers = "[{Embedding: {input_dim: 12, output_dim: 2}}, head]" if "of: number" not in kind else "[head]"
    text = SPEC.format(data=data).replace("flats.csv", "steps.csv").replace("[{Dense: 2}, head]", layers)
    assert_equal_parts(api.load("steps.yaml", text=text))


@pytest.mark.parametrize(
    ("data", "path"),
    [
        ("target: price\n  features: {owner: {category: {hashing: 4}}}", "data.features.owner"),
        ("target: quarter\n  features: {rooms: number}\n  split: {folds: 3}", "data.split.fold"),
        (
            "target: quarter\n  features: {rooms: number}\n  split: {folds: 3, fold: 1, group: owner}",
            "data.split.group",
        ),
    ],
)
def test_what_no_script_says_of_a_table_is_refused_at_its_part(data: str, path: str):
    with pytest.raises(RecipeError) as refused:
        api.eject(api.load("flats.yaml", text=SPEC.format(data=f"{data}\n  ignore: others")))
    found = [getattr(one, "path", "") for one in refused.value.problems]
    assert found == [path]
