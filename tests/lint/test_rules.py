from dataclasses import replace

import pytest

from recipe import api
from recipe.diagnostics.codes import classes_by_code
from recipe.diagnostics.lint import Lint
from recipe.diagnostics.problems import Severity
from recipe.lint.histories import RUN_RULES
from recipe.lint.rules import RULES, lint
from recipe.program.building import build
from recipe.program.facts import Column, Facts, Target
from recipe.program.shipped import SPECS
from tests.checking import check, with_layer
from tests.lint import programs
from tests.lint.programs import DIGITS, table

MASS = table(Target("body_mass_g", "number", shape=(1,), mean=4207.0, std=804.0), train=266, validation=67)
FLAG = table(Target("late", "flag", ("no", "yes"), (150, 116), (1,)), train=266, validation=100)


def kinds(*counts: int) -> Facts:
    classes = ("plain", "common", "rare")[-len(counts) :]
    return table(Target("kind", "category", classes, counts), train=sum(counts), validation=100)


CONSTANT = Column("country", "category", 1, {"categories": ("NZ",)})
VARYING = Column("island", "category", 2, {"categories": ("a", "b")})


def with_facts(**statistics):
    """A table with a number beside a varying category, and what is known of the number."""
    number = Column("ticket", "number", 1, {"mean": 0.0, "std": 1.0, **statistics})
    columns = Target("kind", "category", ("a", "b"), (100, 100)), VARYING, number
    return table(*columns, train=200, validation=100)


def dated(name):
    """A table with a column of dates."""
    day = Column(name, "date", 3, {"missing": 0, "format": "%Y-%m-%d"})
    return table(Target("kind", "category", ("a", "b"), (100, 100)), VARYING, day, train=200, validation=100)


def pixels(**statistics):
    """Digits of which more is known."""
    return replace(DIGITS, columns=(Column("image", "image", 64, statistics),))


# What the data turns out to be under the two examples of a rule; digits for every other.
FACTS = {
    "L101": (FLAG, FLAG),
    "L104": (FLAG, FLAG),
    "L106": (FLAG, FLAG),
    "L107": (FLAG, FLAG),
    "L108": (MASS, MASS),
    "L109": (MASS, MASS),
    "L110": (MASS, MASS),
    "L211": (programs.examples(DIGITS, train=1409, validation=180),) * 2,
    "L502": (programs.examples(DIGITS, train=1797), DIGITS),
    "L503": (
        programs.examples(DIGITS, train=1428, validation=10, test=359),
        programs.examples(DIGITS, train=1258, validation=180, test=359),
    ),
    "L504": (kinds(940, 60),) * 2,
    "L505": (kinds(100, 15), kinds(100, 100)),
    "L506": (
        table(Target("kind", "category", ("a", "b"), (50, 50)), VARYING, CONSTANT, train=100, validation=100),
        table(Target("kind", "category", ("a", "b"), (50, 50)), VARYING, train=100, validation=100),
    ),
    "L508": (programs.examples(DIGITS, train=1747, validation=50), DIGITS),
    "L509": (kinds(485, 485, 30),) * 2,
    "L512": (replace(kinds(100, 100), repeated={"train": 3, "validation": 2}), kinds(100, 100)),
    "L513": (
        with_facts(distinct=200, whole=1, minimum=7.0, maximum=310.0),
        with_facts(distinct=200, whole=0),
    ),
    "L514": (with_facts(says_target=1.0), with_facts(says_target=0.9)),
    "L515": (pixels(minimum=0.0, maximum=255.0), pixels(minimum=0.0, maximum=255.0, scale=1 / 255)),
    "L517": (dated("day"), dated("day")),
    "L516": (with_facts(minimum=-999.0, maximum=3.0, std=200.0), with_facts(minimum=-2.0, maximum=3.0)),
}

BY_CODE = {rule.problem.code: rule for rule in RULES}
ADMITTED_BEFORE = [
    rule.problem.code
    for rule in RULES
    if not rule.needs_facts and rule.problem.severity is not Severity.ERROR
]


def facts_of(code):
    rule = BY_CODE[code]
    bad, good = FACTS.get(code, (DIGITS, DIGITS))
    return (bad, good) if rule.needs_facts else (None, None)


@pytest.mark.parametrize("code", BY_CODE)
def test_the_bad_example_triggers_its_rule_and_no_other(code):
    bad, _ = facts_of(code)

    assert programs.codes(BY_CODE[code].problem.bad, bad) == {code}


@pytest.mark.parametrize("code", BY_CODE)
def test_the_good_example_triggers_no_rule(code):
    _, good = facts_of(code)
    told = programs.codes(BY_CODE[code].problem.good, good)
    opinions = {other for other in told if BY_CODE[other].problem.severity is Severity.INFO}

    assert code not in told
    assert told - opinions == set()


@pytest.mark.parametrize("code", ADMITTED_BEFORE)
def test_what_is_told_before_the_data_is_read_is_told_in_the_same_words_after(code):
    bad, good = FACTS.get(code, (DIGITS, DIGITS))
    example = BY_CODE[code].problem

    assert programs.found(example.bad, code) == programs.found(example.bad, code, bad)
    assert programs.found(example.good, code, good) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.problem.code)
def test_a_rule_says_what_is_wrong_why_and_who_says_so(rule):
    problem = rule.problem
    bad, _ = facts_of(problem.code)
    (first, *_) = programs.found(problem.bad, problem.code, bad)

    assert problem.why
    assert problem.source == rule.source
    assert any(mark in rule.source for mark in ("https://", "arXiv", "JMLR", "20"))
    assert first.span is not None
    assert not first.message.endswith(".")
    assert rule.find.__doc__.startswith(f"{problem.code}: ")


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.needs_facts], ids=lambda rule: rule.name)
def test_a_rule_that_needs_facts_is_silent_without_them(rule):
    program = build(programs.root(rule.problem.bad)[0], None, [])

    assert list(rule.find(program)) == []


def test_every_lint_code_has_one_rule():
    known = [code for code, kind in classes_by_code().items() if issubclass(kind, Lint)]

    assert known == [rule.problem.code for rule in (*RULES, *RUN_RULES)]
    assert len(RULES) >= 60
    assert [code for code in classes_by_code() if code.startswith("L")] == known


def test_a_line_that_stands_for_many_layers_is_told_of_once():
    twice = "[{Conv2D: {filters: 8, kernel_size: 3}}, BatchNormalization, ReLU]"
    layers = f"- repeat: {{times: 3, layers: {twice}}}\n- GlobalAveragePooling2D"
    checked = check(with_layer(layers))

    assert [problem.code for problem in checked.problems] == ["L201"]


@pytest.mark.parametrize("path", sorted(SPECS.glob("*.yaml")), ids=lambda path: path.stem)
def test_no_shipped_spec_triggers_a_warning(path):
    checked = api.check(path)

    assert [problem.message for problem in checked.problems if problem.severity is not Severity.INFO] == []


@pytest.mark.parametrize("name", ["digits-cnn", "digits-mlp", "penguins-mlp", "xor"])
def test_no_shipped_spec_triggers_a_warning_once_its_data_is_read(name):
    prepared = api.prepare(api.load(SPECS / f"{name}.yaml"))
    told = [problem for problem in lint(prepared.program) if problem.severity is not Severity.INFO]

    assert [problem.message for problem in told] == []


def test_the_shipped_specs_are_all_looked_at():
    assert len(list(SPECS.glob("*.yaml"))) >= 5
