import pytest

from recipe.report.speeds import speed_facts

SPEED = {
    "examples_per_second": 5210.4,
    "step_seconds_p50": 0.0123,
    "step_seconds_p95": 0.0201,
    "input_share": 0.012,
    "flops_per_second": 43e9,
    "peak_flops_per_second": 246e9,
    "utilization": 43 / 246,
    "bound": "launch",
    "change": "training.batch_size",
    "layer": None,
    "source": "fashion.yaml",
    "line": 24,
}


def test_a_speed_reads_so():
    assert dict(speed_facts(SPEED)) == {
        "speed": "5,210 examples/s, 12.3 ms a step (p95 20.1 ms), 43 GFLOP/s, 17% of this machine's peak, "
        "1% waiting for input",
        "bound by": "launching small operations; a larger `training.batch_size` (fashion.yaml:24) "
        "does more in each",
    }


@pytest.mark.parametrize(
    ("bound", "change", "words"),
    [
        ("memory", "runtime.precision", "a 16 bit `runtime.precision` (fashion.yaml:24)"),
        ("compute", "architecture", "most of all in `conv2d_3` (fashion.yaml:24)"),
        ("input", "data", "see `data` (fashion.yaml:24)"),
    ],
)
def test_every_bound_names_what_to_change_and_where(bound: str, change: str, words: str):
    told = dict(speed_facts(SPEED | {"bound": bound, "change": change, "layer": "conv2d_3"}))
    assert words in told["bound by"]


def test_what_was_not_measured_is_not_told():
    unknown = dict.fromkeys(("flops_per_second", "peak_flops_per_second", "utilization", "bound", "line"))
    told = dict(speed_facts(SPEED | unknown))
    assert told == {"speed": "5,210 examples/s, 12.3 ms a step (p95 20.1 ms), 1% waiting for input"}
