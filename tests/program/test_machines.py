"""`precision: auto` is a rule over the machine and the network."""

import pytest

from recipe.program.building import build, settle_runtime
from recipe.program.hashing import program_hash
from recipe.program.machines import Machine, settle_precision
from tests.checking import with_section
from tests.program.programs import DIGITS, resolved

AMX = Machine("cpu", instructions=frozenset({"avx2", "amx_bf16", "amx_tile"}))
PLAIN = Machine("cpu", instructions=frozenset({"avx2", "fma"}))


@pytest.mark.parametrize(
    ("machine", "backend", "convolves", "precision"),
    [
        (Machine("gpu", 9.0), "jax", False, "mixed_bfloat16"),
        (Machine("gpu", 8.0), "tensorflow", True, "mixed_bfloat16"),
        (Machine("gpu", 7.5), "tensorflow", True, "float32"),
        (Machine("tpu"), "jax", False, "mixed_bfloat16"),
        (AMX, "tensorflow", True, "mixed_bfloat16"),
        (AMX, "tensorflow", False, "float32"),
        (AMX, "jax", True, "float32"),
        (PLAIN, "tensorflow", True, "float32"),
        (Machine(), "tensorflow", True, "float32"),
    ],
)
def test_bfloat16_is_chosen_where_the_machine_gains_by_it(machine, backend, convolves, precision):
    found, reason = settle_precision(machine, backend, convolves=convolves)
    assert found == precision
    assert reason


CONVOLUTION = "  - Conv2D: {filters: 4, kernel_size: 3}\n  - Flatten\n"


def test_a_chosen_precision_is_that_of_the_layers_and_decides_what_is_trained():
    spec = resolved(with_section("runtime: {precision: auto}").replace("  - Flatten\n", CONVOLUTION))
    programs = [build(spec, DIGITS, [], machine) for machine in (AMX, PLAIN)]
    assert [program.graph.layer("conv2d").call.get("dtype") for program in programs] == [
        "mixed_bfloat16",
        None,
    ]
    assert programs[0].graph.layer("head").call["dtype"] == "float32"
    assert program_hash(programs[0]) != program_hash(programs[1])


def test_a_precision_that_is_written_is_not_chosen():
    runtime = settle_runtime(resolved(with_section("runtime: {precision: float32}")), Machine("gpu", 9.0))
    assert (runtime.precision, runtime.precision_reason) == ("float32", "")
