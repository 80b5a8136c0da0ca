"""The cases of the YAML Test Suite against the reader: what YAML 1.2 says, less what a spec does not use."""

import json
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from recipe.diagnostics import text as problems_of
from recipe.diagnostics import yaml_forms
from recipe.language.nodes import ListNode, MappingNode
from recipe.language.reader import read, read_value

FOLDER = Path(__file__).parent / "yaml_test_suite"
MOST_DEVIATIONS = 37  # lower it when one is gone; never raise it


@dataclass(frozen=True)
class Case:
    """One case of the suite; `tree` are the events of a parser that is right."""

    id: str
    name: str
    yaml: str
    tree: str
    fail: bool = False
    json: str | None = None


CASES = {one["id"]: Case(**one) for one in json.loads((FOLDER / "cases.json").read_text(encoding="utf-8"))}
DEVIATIONS = {
    case: (group["instead"], group["why"])
    for group in json.loads((FOLDER / "deviations.json").read_text(encoding="utf-8"))
    for case in group["cases"]
}

# YAML 1.2, chapter 10.3.2: what a plain scalar must look like to be no string.
NO_STRING = re.compile(
    r"(?:null|Null|NULL|~)?|true|True|TRUE|false|False|FALSE|[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+"
    r"|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)
PROPERTIES = re.compile(r"[=+][A-Z]{3}(?: ---| \{\}| \[\])?(?: &(?P<anchor>\S+))?(?P<tag> <[^>]*>)?")
ESCAPED = {r"\n": "\n", r"\t": "\t", r"\b": "\b", r"\r": "\r"}  # in the events of the suite
DIRECTIVE = re.compile(r"^%(?!YAML +1\.2\s*$)", re.MULTILINE)


def keys_of(tree):
    """The events that are keys, each with the number of its mapping; aliases stand for what they name."""
    open_nodes, anchored = [], {}
    for number, event in enumerate(tree.splitlines()):
        kind = event[:4]
        if kind in {"-MAP", "-SEQ"}:
            open_nodes.pop()
        if kind not in {"+MAP", "+SEQ", "=VAL", "=ALI"}:
            continue
        if open_nodes:
            parent = open_nodes[-1]
            if parent["kind"] == "+MAP" and parent["children"] % 2 == 0:
                yield parent["number"], anchored.get(event[6:], event) if kind == "=ALI" else event
            parent["children"] += 1
        if anchor := PROPERTIES.match(event)["anchor"]:
            anchored[anchor] = event
        if kind in {"+MAP", "+SEQ"}:
            open_nodes.append({"kind": kind, "number": number, "children": 0})


def key_refusals(tree):
    """What a spec does not admit as a key, though YAML does."""
    seen = Counter()
    for mapping, event in keys_of(tree):
        written = event[PROPERTIES.match(event).end() + 1 :]
        seen[mapping, written[1:]] += 1
        if event[:4] in {"+MAP", "+SEQ"}:
            yield yaml_forms.ComplexKey
        elif written == ":<<":
            yield yaml_forms.MergeKey
        elif written[:1] == ":" and NO_STRING.fullmatch(written[1:]):
            yield yaml_forms.NonStringKey
        elif seen[mapping, written[1:]] > 1:
            yield yaml_forms.DuplicateKey


def refusals(case):
    """The Problems with which a spec deliberately answers a text that is YAML."""
    events = case.tree.splitlines()
    num_documents = sum(event.startswith("+DOC") for event in events)
    if num_documents == 0:
        yield from (problems_of.EmptyText, problems_of.OnlyComments)
    if num_documents > 1:
        yield problems_of.SecondDocument
    if DIRECTIVE.search(case.yaml):
        yield yaml_forms.Directive
    if any(event[0] in "+=" and PROPERTIES.match(event)["tag"] for event in events):
        yield yaml_forms.TagWritten
    yield from key_refusals(case.tree)


def told(text):
    """The value of a text and the problems with it."""
    problems = []
    return read_value(text, "spec.yaml", problems), problems


def plain(node):
    """A node as JSON would hold it, with flags told apart from numbers."""
    if isinstance(node, MappingNode):
        return {pair.key: plain(pair.value) for pair in node.pairs}
    if isinstance(node, ListNode):
        return [plain(item) for item in node.items]
    return flagged(node.value)


def flagged(value):
    if isinstance(value, dict):
        return {key: flagged(item) for key, item in value.items()}
    if isinstance(value, list):
        return [flagged(item) for item in value]
    return ("flag", value) if isinstance(value, bool) else value


def agrees(case):
    """Whether the reader does with a case what YAML 1.2 and the rules of a spec say."""
    node, problems = told(case.yaml)
    if case.fail:
        return bool(problems)
    deliberate = set(refusals(case))
    if deliberate:
        return bool(deliberate.intersection(map(type, problems)))
    return not problems and (case.json is None or plain(node) == flagged(json.loads(case.json)))


def test_the_whole_suite_is_here():
    assert len(CASES) == 402
    assert len({case.partition("/")[0] for case in CASES}) == 350
    assert sum(case.fail for case in CASES.values()) == 94


@pytest.mark.parametrize("case", [case for case in CASES if case not in DEVIATIONS])
def test_a_case_is_read_or_refused_as_yaml_says(case):
    assert agrees(CASES[case])


@pytest.mark.parametrize("case", DEVIATIONS)
def test_a_listed_deviation_still_deviates_in_the_way_that_is_listed(case):
    node, problems = told(CASES[case].yaml)
    instead = problems[0].code if problems else "accepted"
    assert not agrees(CASES[case])
    assert (instead, node is None) == (DEVIATIONS[case][0], instead != "accepted")


def test_the_deviations_are_no_more_than_before():
    assert len(DEVIATIONS) == MOST_DEVIATIONS
    assert all(why for _, why in DEVIATIONS.values())


def test_what_is_read_against_the_rules_has_the_value_that_was_meant():
    lenient = {
        case: plain(told(CASES[case].yaml)[0])
        for case, (instead, _) in DEVIATIONS.items()
        if instead == "accepted"
    }
    assert lenient == {
        "9C9N": {"flow": ["a", "b", "c"]},
        "DK95/01": {"foo": "bar baz"},
        "QB6E": {"quoted": "a b c"},
        "S98Z": {"empty block scalar": ""},
    }


def test_a_good_half_of_the_suite_is_read_and_the_rest_refused_with_a_code():
    read_well = [case for case in CASES.values() if not told(case.yaml)[1]]
    assert len(read_well) >= 191


@pytest.mark.parametrize("case", [case for case in CASES if not told(CASES[case].yaml)[1]])
def test_only_a_mapping_is_a_spec(case):
    problems = []
    document = read(CASES[case].yaml, "spec.yaml", problems)
    first = next(event for event in CASES[case].tree.splitlines() if event[:4] in {"+MAP", "+SEQ", "=VAL"})
    if first.startswith("+MAP"):
        assert (document is None, problems) == (False, [])
    else:
        scalars = problems_of.TopLevelScalar, problems_of.EmptyText, yaml_forms.MissingSpace
        expected = problems_of.TopLevelList if first.startswith("+SEQ") else scalars
        assert document is None
        assert isinstance(problems[0], expected)


def test_every_scalar_of_the_suite_that_is_read_is_the_text_of_its_event():
    """Where the suite gives no JSON, its events still say what was written."""

    def texts(node):
        if isinstance(node, MappingNode):
            return [text for pair in node.pairs for text in (pair.key, *texts(pair.value))]
        if isinstance(node, ListNode):
            return [text for item in node.items for text in texts(item)]
        return [node.text]

    for case in CASES.values():
        node, problems = told(case.yaml)
        values = [event for event in case.tree.splitlines() if event.startswith("=VAL")]
        if problems or case.fail or "=ALI" in case.tree:
            continue
        written = [event[PROPERTIES.match(event).end() + 2 :] for event in values]
        unescaped = [
            re.sub(r"\\.", lambda found: ESCAPED.get(found[0], found[0][1]), text) for text in written
        ]
        assert (case.id, texts(node)) == (case.id, unescaped)
