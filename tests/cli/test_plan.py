"""`recipe plan`."""

import json
from pathlib import Path

import pytest

from recipe.cli.plan_text import plan_text
from tests.cli.conftest import PENGUINS, Cli


@pytest.fixture
def planned(cli: Cli, folder: Path) -> dict[str, object]:
    (folder / "penguins.yaml").write_text(PENGUINS)
    found: dict[str, object] = json.loads(cli("plan", "penguins.yaml", "--json").out)
    return found


def test_the_layer_table_has_shapes_parameters_and_the_row_of_the_spec(cli: Cli, folder: Path) -> None:
    said = cli("plan", "xor.yaml")
    # 2 inputs and a bias for each of 2 units, then 2 inputs and a bias for one.
    assert said.out.splitlines()[2:6] == [
        "layer  class  output  parameters  line",
        "dense  Dense  (2,)             6     6",
        "head   Dense  (1,)             3     7",
        "total                          9",
    ]


def test_json_has_the_same_as_the_text(planned: dict[str, object], cli: Cli) -> None:
    assert cli("plan", "penguins.yaml").out == plan_text(planned, 80)


def test_steps_follow_from_the_size_of_the_data(planned: dict[str, object]) -> None:
    training, data = planned["training"], planned["data"]
    assert isinstance(training, dict)
    assert isinstance(data, dict)
    steps = -(-data["examples"]["train"] // 50)  # the smaller last batch is a step too
    assert training == {"epochs": 2, "steps_per_epoch": steps, "total_steps": 2 * steps}


def test_the_learning_rate_is_told_at_the_start_the_peak_and_the_end(planned: dict[str, object]) -> None:
    marks, training = planned["learning_rate"], planned["training"]
    assert isinstance(marks, list)
    assert isinstance(training, dict)
    total = training["total_steps"]
    assert [mark["step"] for mark in marks] == [0, total // 2, total - 1]
    assert marks[0]["value"] == 0
    assert marks[1]["value"] == pytest.approx(0.05)
    assert 0 < marks[2]["value"] < 0.05


def test_inferred_kinds_and_automatic_choices_have_their_reasons(planned: dict[str, object]) -> None:
    data, decided = planned["data"], planned["auto"]
    assert isinstance(data, dict)
    assert isinstance(decided, list)
    kinds = {column["name"]: column["kind"] for column in data["features"]}
    assert kinds["island"] == "category"
    assert kinds["body_mass_g"] == "number"
    assert all(column["reason"] for column in data["features"])
    assert {entry["path"]: entry["value"] for entry in decided} == {
        "dense.kernel_initializer": "HeNormal",
        "head.kernel_initializer": "GlorotUniform",
    }


def test_what_is_not_decayed_is_named(cli: Cli, planned: dict[str, object]) -> None:
    out = cli("plan", "penguins.yaml").out
    assert "weight decay   0.01, decoupled; excluded: biases, norm parameters" in out


def test_an_override_changes_the_plan(cli: Cli, folder: Path) -> None:
    said = cli("plan", "xor.yaml", "--set", "training.batch_size=3", "--json")
    assert json.loads(said.out)["training"]["steps_per_epoch"] == 2


def test_a_shape_that_keras_refuses_ends_with_1_at_its_row(cli: Cli, folder: Path) -> None:
    text = (folder / "xor.yaml").read_text()
    (folder / "xor.yaml").write_text(
        text.replace("Dense: {units: 2, activation: tanh}", "Conv2D: {filters: 2, kernel_size: 3}")
    )
    said = cli("plan", "xor.yaml")
    assert said.code == 1
    assert "--> xor.yaml:6:5" in said.err
    assert said.out == ""
