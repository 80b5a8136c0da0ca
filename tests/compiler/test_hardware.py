"""What this machine computes on, and in which numbers it cannot."""

from pathlib import Path

import keras
import pytest

from recipe.compiler.hardware import unfit_precision
from recipe.program.programs import Runtime

BACKEND = keras.backend.backend()


@pytest.mark.parametrize(
    ("features", "precision", "told"),
    [
        ("fpu amx_bf16", "bfloat16_products", []),
        ("fpu avx512_bf16", "bfloat16_products", ["R673"]),
        ("fpu amx_bf16", "mixed_bfloat16", []),
        ("fpu avx512_bf16", "mixed_bfloat16", []),
        ("fpu avx2", "mixed_bfloat16", ["R678"]),
        ("fpu avx512_bf16", "mixed_float16", ["R678"]),
        ("fpu avx512_fp16", "mixed_float16", []),
        ("fpu avx2", "float32", []),
    ],
)
def test_a_processor_without_instructions_for_the_numbers_of_a_run_is_told_of(
    monkeypatch, features: str, precision: str, told: list[str]
):
    monkeypatch.setattr(Path, "read_text", lambda path, encoding: f"flags\t: {features}\n")
    runtime = Runtime(BACKEND, precision, "single", 0, True, "auto")
    assert [problem.code for problem in unfit_precision(runtime)] == told


def test_where_a_processor_cannot_be_asked_nothing_is_told(monkeypatch):
    def unreadable(path: Path, encoding: str) -> str:
        raise OSError

    monkeypatch.setattr(Path, "read_text", unreadable)
    assert list(unfit_precision(Runtime(BACKEND, "mixed_bfloat16", "single", 0, True, "auto"))) == []
