import pytest

from recipe.program.seeds import derive
from tests.checking import problem, with_layer
from tests.program.programs import built, network

RATE = "regularization: {dropout: 0.2}\n"


def test_a_dropout_without_a_rate_takes_the_one_of_the_spec():
    call = network("- Dropout\n- SpatialDropout2D", more=RATE).layers
    assert call["dropout"]["rate"] == call["spatial_dropout2d"]["rate"] == 0.2
    assert call["dropout"].arguments["rate"].origin.reason == "regularization.dropout"


def test_a_dropout_with_a_rate_of_its_own_keeps_it():
    calls = network("- Dropout: 0.5\n- Dropout", more=RATE).layers
    assert (calls["dropout"]["rate"], calls["dropout_1"]["rate"]) == (0.5, 0.2)


def test_a_dropout_without_any_rate_is_refused():
    found = problem(with_layer("- Dropout\n- SpatialDropout1D: 0.1"))
    assert (found.code, found.layer) == ("R303", "Dropout")


@pytest.mark.parametrize("off", ["regularization: {dropout: off}\n", "regularization: off\n"])
def test_a_rate_that_is_switched_off_drops_nothing(off):
    call = network("- Dropout\n- Dropout: 0.5", more=off).layers
    assert (call["dropout"]["rate"], call["dropout_1"]["rate"]) == (0.0, 0.5)


@pytest.mark.parametrize("layers", ["- Flatten", "- Dropout: 0.5", "- GaussianDropout: 0.1"])
def test_a_rate_without_a_layer_that_takes_it_is_refused(layers):
    found = problem(with_layer(layers) + RATE)
    assert (found.code, found.span.line) == ("R304", len(with_layer(layers).splitlines()) + 1)


def test_no_rate_and_no_slot_are_no_problem():
    assert built(with_layer("- Flatten") + "regularization: {dropout: off}\n").codes == []


def test_every_layer_that_draws_has_a_seed_of_its_own():
    calls = network("- Dropout: 0.1\n- Dropout: 0.1\n- GaussianNoise: 0.1").layers
    seeds = [calls[name]["seed"] for name in ("dropout", "dropout_1", "gaussian_noise")]
    assert len(set(seeds)) == 3
    assert seeds[0] == derive(0, "layer", "dropout")


def test_a_seed_that_was_written_stays():
    assert network("- Dropout: {rate: 0.1, seed: 7}").layers["dropout"]["seed"] == 7


def test_a_layer_that_draws_nothing_has_no_seed():
    assert "seed" not in network("- Dense: 3").layers["dense"]


def test_the_root_seed_changes_every_seed():
    one, two = (network("- Dropout: 0.1", more=f"runtime: {{seed: {seed}}}\n") for seed in (1, 2))
    assert one.layers["dropout"]["seed"] != two.layers["dropout"]["seed"]


def test_inserting_a_layer_leaves_the_seeds_before_it():
    before = network("- Dropout: 0.1\n- Flatten").layers
    after = network("- Dropout: 0.1\n- Dense: 3\n- Dropout: 0.1\n- Flatten").layers
    assert before["dropout"]["seed"] == after["dropout"]["seed"]


def test_a_dropout_inside_another_layer_is_a_slot_like_any_other():
    layers = "- op: {reshape: {newshape: [8, 8]}}\n- TimeDistributed: Dropout"
    inner = network(layers, more=RATE).layers["time_distributed"]["layer"]
    assert inner["rate"] == 0.2
    assert problem(with_layer(layers)).code == "R303"
