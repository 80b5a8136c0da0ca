"""Statements are wrapped as ruff wraps them."""

from recipe.eject.lines import WIDTH, wrapped


def test_a_long_call_has_its_arguments_on_one_line_of_their_own():
    arguments = ", ".join(f"argument_{number}={number}" for number in range(6))
    assert wrapped(f"result = function({arguments}, text='a, (b')") == [
        "result = function(",
        f"    {arguments}, text='a, (b'",
        ")",
    ]


def test_arguments_that_do_not_fit_have_a_line_each():
    arguments = [f"argument_{number}={number}" for number in range(12)]
    lines = wrapped(f"result = function({', '.join(arguments)})(tensor)")
    assert lines == ["result = function(", *(f"    {one}," for one in arguments), ")(tensor)"]


def test_no_line_is_too_long_where_brackets_allow_it():
    inner = ", ".join(f"name_{number}=[{number}, {number}]" for number in range(20))
    lines = wrapped(f"result = function(first({inner}), second({inner}))", "    ")
    assert max(map(len, lines)) <= WIDTH
    assert "".join(lines).replace(" ", "").replace(",)", ")") == (
        f"result=function(first({inner}),second({inner}))".replace(" ", "")
    )


def test_a_list_that_does_not_fit_has_a_line_for_each_item():
    items = [f"name_{number}" for number in range(15)]
    lines = wrapped(f"result = [{', '.join(items)}]")
    assert lines == ["result = [", *(f"    {item}," for item in items), "]"]


def test_a_comprehension_is_no_list_of_items():
    expression = f"{'x' * 40} for one, other in {'y' * 45}"
    assert wrapped(f"result = [{expression}]") == ["result = [", f"    {expression}", "]"]
