"""Codes and their classes."""

import re
from collections import Counter

from recipe.diagnostics.codes import classes_by_code, problem_classes


def test_no_two_problems_share_a_code() -> None:
    counts = Counter(kind.code for kind in problem_classes())
    assert len(counts) > 100
    assert [code for code, count in counts.items() if count > 1] == []


def test_every_code_has_the_form_of_a_code() -> None:
    assert [code for code in classes_by_code() if not re.fullmatch(r"(R[1-6]\d\d|L\d{3})", code)] == []


def test_a_class_is_found_by_its_code() -> None:
    assert classes_by_code()["R117"].__name__ == "DuplicateKey"
