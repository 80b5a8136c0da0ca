"""Records are frozen dataclasses that cost nothing to define."""

import dataclasses

import pytest

from recipe.diagnostics.codes import problem_classes
from recipe.diagnostics.records import Record


class Point(Record):
    x: int
    y: int = 2


class Named(Point):
    name: str = "here"


def test_facts_are_given_in_order_or_by_name_and_defaults_fill_the_rest():
    assert (Point(1).x, Point(1).y) == (1, 2)
    assert Named(1, 3, name="there") == Named(x=1, y=3, name="there")


@pytest.mark.parametrize(("given", "named"), [((), {}), ((1, 2, 3), {}), ((1,), {"x": 1}), ((1,), {"z": 1})])
def test_facts_that_are_missing_double_or_unknown_are_refused(given, named):
    with pytest.raises(TypeError, match="Point takes x, y"):
        Point(*given, **named)


def test_records_are_equal_when_class_and_facts_are():
    assert Point(1) == Point(1, 2)
    assert hash(Point(1)) == hash(Point(1, 2))
    assert Point(1) != Point(2)
    assert Point(1) != Named(1)


def test_a_record_does_not_change():
    with pytest.raises(AttributeError, match="does not change"):
        Point(1).x = 2
    with pytest.raises(AttributeError, match="does not change"):
        del Point(1).x


def test_a_record_shows_its_facts():
    assert repr(Named(1)) == "Named(x=1, y=2, name='here')"


def test_no_problem_is_a_dataclass():
    assert [kind.__name__ for kind in problem_classes() if dataclasses.is_dataclass(kind)] == []
