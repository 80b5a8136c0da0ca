"""What ships is whole: every template is listed, has a first spec, and goes with every other."""

import pytest

from recipe import api
from recipe.cli.starters import STARTERS, starter_text
from recipe.diagnostics.problems import Severity
from recipe.program.shipped import ARCHITECTURES, RECIPES, TEMPLATES, names_in, template_names
from recipe.program.templates import Family, shipped_templates

FOUND = {template.name: template for template in shipped_templates()}
IMAGES, SGD = "torchvision", "sgd-momentum-cosine"
NAMES = {family: [one.name for one in FOUND.values() if one.family is family] for family in Family}
WHOLE = """\
recipe: 1
name: whole
extends: [{architecture}, {recipe}]
data: {{source: {{bundled: {data}}}, split: {{validation: 10%, test: 20%}}}}
"""


def first_spec(name: str) -> str:
    return starter_text(FOUND[name], FOUND[STARTERS[name].architecture])


def warnings(text: str, *overrides: str) -> list[str]:
    """What is worth a warning in a text, or worse."""
    problems = api.check("mine.yaml", overrides, text=text).problems
    return [one.message for one in problems if one.severity in (Severity.WARNING, Severity.ERROR)]


def test_no_two_templates_have_the_same_name():
    assert len(set(template_names())) == len(template_names())
    assert len(names_in(ARCHITECTURES)) >= 20
    assert len(names_in(RECIPES)) >= 5
    assert list(FOUND) == [name for folder in TEMPLATES for name in names_in(folder)]


@pytest.mark.parametrize("name", FOUND)
def test_every_template_says_what_it_is_and_which_paper_it_follows(name):
    template = FOUND[name]
    assert template.help.endswith(".")
    assert 20 < len(template.help) <= 110
    assert len(template.source) > 15


@pytest.mark.parametrize("name", NAMES[Family.ARCHITECTURE])
def test_every_variable_of_an_architecture_has_a_default_that_can_be_read(name):
    assert FOUND[name].variables
    assert all(variable.default for variable in FOUND[name].variables)


@pytest.mark.parametrize("name", STARTERS)
def test_no_variable_that_is_a_number_may_be_negative(name):
    numbers = [one.name for one in FOUND[name].variables if one.default.replace(".", "", 1).isdigit()]
    taken = [one for one in numbers if not warnings(first_spec(name), f"vars.{one}=-1")]
    assert taken == []


def test_an_architecture_that_extends_another_has_its_variables_too():
    (depth, width, bias) = FOUND["plain"].variables
    assert (depth.name, depth.default, depth.help) == (
        "depth",
        "34",
        "18 or 34; beyond, plain networks do not train",
    )
    assert (width.name, width.default) == ("width", "64")
    assert bias.name == "bias"


def test_every_architecture_and_recipe_has_a_first_spec():
    assert set(STARTERS) == {*NAMES[Family.ARCHITECTURE], *NAMES[Family.RECIPE]}


@pytest.mark.parametrize("name", STARTERS)
def test_a_first_spec_checks_without_a_warning_and_says_what_its_variables_mean(name):
    text = first_spec(name)
    assert warnings(text) == []
    assert max(map(len, text.splitlines())) <= 110
    for variable in STARTERS[name].variables:
        assert f"\n  {variable}: " in text


@pytest.mark.parametrize(
    ("architecture", "recipe"),
    [(one, other) for one in NAMES[Family.ARCHITECTURE] for other in NAMES[Family.RECIPE] if other != IMAGES],
)
def test_every_architecture_goes_with_every_recipe(architecture, recipe):
    data = STARTERS[architecture].data
    assert warnings(WHOLE.format(architecture=architecture, recipe=recipe, data=data)) == []


@pytest.mark.parametrize(
    "architecture", [name for name in NAMES[Family.ARCHITECTURE] if STARTERS[name].recipe == SGD]
)
def test_every_convolutional_network_that_sgd_trains_goes_with_the_recipe_for_images(architecture):
    whole = WHOLE.format(architecture=architecture, recipe=IMAGES, data="digits")
    assert warnings(f"{whole}regularization: {{augmentation: [RandomRotation: 0.03]}}\n") == []
    assert len(warnings(whole)) == 1  # digits are not flipped


@pytest.mark.parametrize("name", STARTERS)
def test_no_first_spec_triggers_a_warning_once_its_data_is_read(name):
    prepared = api.prepare(api.load("mine.yaml", text=first_spec(name)))
    assert [one.message for one in prepared.warnings if one.severity is Severity.WARNING] == []
