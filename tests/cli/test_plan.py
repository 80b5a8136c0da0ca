"""`recipe plan`."""

import json
import subprocess
import sys
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
    # 2 inputs and a bias for each of 2 units, then 2 inputs and a bias for one; a product and its sum are two
    # operations, a bias and a tanh one each.
    assert said.out.splitlines()[2:6] == [
        "layer  class  output  parameters  FLOPs  line",
        "dense  Dense  (2,)             6     12     6",
        "head   Dense  (1,)             3      5     7",
        "total                          9     17",
    ]


def test_json_has_the_same_as_the_text(planned: dict[str, object], cli: Cli) -> None:
    assert cli("plan", "penguins.yaml").out == plan_text(planned, 80)


def test_steps_follow_from_the_size_of_the_data(planned: dict[str, object]) -> None:
    training, data = planned["training"], planned["data"]
    assert isinstance(training, dict)
    assert isinstance(data, dict)
    steps = -(-data["examples"]["train"] // 50)  # the smaller last batch is a step too
    counts = {"epochs": 2, "steps_per_epoch": steps, "total_steps": 2 * steps}
    expected = counts | {"examples": 2 * data["examples"]["train"]}
    assert {name: training[name] for name in expected} == expected


def test_the_learning_rate_is_told_at_every_quarter_and_at_the_peak(planned: dict[str, object]) -> None:
    marks, training = planned["learning_rate"], planned["training"]
    assert isinstance(marks, list)
    assert isinstance(training, dict)
    last = training["total_steps"] - 1
    quarters = {round(last * quarter / 4) for quarter in range(5)}
    assert {mark["step"] for mark in marks} == quarters | {training["total_steps"] // 2}
    by_step = {mark["step"]: mark["value"] for mark in marks}
    assert by_step[0] == 0
    assert max(by_step.values()) == pytest.approx(0.05)
    assert 0 < by_step[last] < 0.05


def test_operations_and_memory_are_told_in_numbers_and_in_words(planned: dict[str, object], cli: Cli) -> None:
    flops, memory = planned["flops"], planned["memory"]
    assert isinstance(flops, dict)
    assert isinstance(memory, dict)
    assert flops["step"] == 3 * 50 * flops["forward_per_example"]
    assert memory["gradients"] == 4 * 55
    assert memory["optimizer"] == 2 * memory["gradients"]  # two moments
    parts = ("weights", "compute_weights", "gradients", "optimizer", "activations", "data")
    assert memory["total"] == sum(memory[part] for part in parts)
    assert "gradients 220 B, optimizer 440 B" in " ".join(cli("plan", "penguins.yaml").out.split())


def test_a_layer_whose_cost_nobody_knows_is_shown_so_and_left_out_of_the_total(
    planned: dict[str, object],
) -> None:
    layers, flops = planned["layers"], planned["flops"]
    assert isinstance(layers, list)
    assert isinstance(flops, dict)
    unknown = {**planned, "layers": [layers[0] | {"flops": None}, *layers[1:]]}
    text = plan_text(unknown | {"flops": flops | {"uncounted": ["dense"]}}, 80)
    assert text.splitlines()[3].split()[-2:] == ["?", "10"]
    assert "without those of dense, which are not known" in text


@pytest.mark.parametrize(
    ("speed", "hours"), [("0.001 GFLOP/s", 1 / 3.6e9), ("1MFLOP/s", 1 / 3.6e9), ("1e6 FLOP/s", 1 / 3.6e9)]
)
def test_a_speed_in_operations_is_that_of_one_device(
    cli: Cli, folder: Path, speed: str, hours: float
) -> None:
    said = json.loads(cli("plan", "xor.yaml", "--speed", speed, "--devices", "2", "--json").out)
    assert said["time"]["device_hours"] == pytest.approx(said["flops"]["run"] * hours)
    assert said["time"]["hours"] == pytest.approx(said["time"]["device_hours"] / 2)


def test_a_speed_in_examples_is_that_of_the_run(cli: Cli, folder: Path) -> None:
    said = json.loads(cli("plan", "xor.yaml", "--speed", "1,000 examples/s", "--devices", "2", "--json").out)
    assert said["time"]["hours"] == pytest.approx(said["training"]["examples"] / 1000 / 3600)
    assert said["time"]["device_hours"] == 2 * said["time"]["hours"]


@pytest.mark.parametrize("speed", ["100", "100T", "fast", "0 FLOP/s", "-5 examples/s", "5 steps/s"])
def test_a_speed_without_its_unit_is_refused_with_two_that_have_one(cli: Cli, speed: str) -> None:
    said = cli("plan", "xor.yaml", "--speed", speed)
    assert said.code == 2
    assert f"such as 100TFLOP/s or 5000examples/s. Received: {speed}" in " ".join(said.err.split())


def test_the_schedule_is_drawn(cli: Cli, folder: Path) -> None:
    (folder / "penguins.yaml").write_text(PENGUINS)
    said = cli("plan", "penguins.yaml", "--schedule", "out/schedule.svg")
    assert said.code == 0
    assert "small-penguins" in (folder / "out" / "schedule.svg").read_text()


def test_a_picture_of_another_kind_is_refused_before_anything_is_read(cli: Cli, folder: Path) -> None:
    said = cli("plan", "xor.yaml", "--schedule", "schedule.jpg")
    assert said.code == 2
    assert ".svg, .png, .pdf. Received: schedule.jpg" in said.err
    assert "reading" not in said.err


def test_ten_billion_weights_are_planned_in_little_memory(folder: Path) -> None:
    wide = "  - Dense: {units: 50000, activation: relu}\n"
    (folder / "wide.yaml").write_text(
        "recipe: 1\nname: wide\ndata: {source: {bundled: digits}}\narchitecture:\n  - Flatten\n"
        + 5 * wide
        + "  - head\noptimizer: {AdamW: {learning_rate: 1e-3}}\ntraining: {epochs: 1, batch_size: 32}\n"
    )
    script = (
        "import resource, sys; from recipe.cli.main import main\n"
        "try: main()\n"
        "finally: print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "plan", "wide.yaml", "--json"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    plan = json.loads(done.stdout)
    assert plan["parameters"] == 65 * 50000 + 4 * 50001 * 50000 + 50001 * 10
    assert plan["memory"]["weights"] == 4 * plan["parameters"]
    assert plan["memory"]["optimizer"] == 8 * plan["parameters"]
    assert plan["flops"]["forward_per_example"] == pytest.approx(2 * plan["parameters"], rel=0.001)
    assert int(done.stderr.splitlines()[-1]) < 2 * 2**20  # KiB


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


def test_every_weight_is_listed_with_how_it_begins_learns_and_decays(cli: Cli, folder: Path) -> None:
    out = cli("plan", "xor.yaml", "--weights", "--set", "regularization.weight_decay=0.1").out
    rows = {line.split()[0]: line.split() for line in out.splitlines()[1:]}
    assert rows["head/bias"][-3:] == ["Zeros", "yes", "no"]
    assert rows["head/kernel"][-3:] == ["GlorotUniform", "yes", "yes"]


def test_the_memory_of_a_precision_is_compared_with_float32(cli: Cli, folder: Path) -> None:
    half, full = (
        json.loads(cli("plan", "xor.yaml", "--json", "--set", f"runtime.precision={precision}").out)["memory"]
        for precision in ("mixed_bfloat16", "float32")
    )
    assert half["in_float32"] == full["total"]
    assert full["in_float32"] is None


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
