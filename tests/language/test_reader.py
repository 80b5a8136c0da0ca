import json

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from recipe.diagnostics import text as problems_of
from recipe.diagnostics import yaml_forms
from recipe.language.nodes import ListNode, MappingNode, ScalarNode
from recipe.language.reader import read, read_value
from tests.speeds import least_seconds


def plain(node):
    if isinstance(node, ScalarNode):
        return node.value
    if isinstance(node, ListNode):
        return [plain(item) for item in node.items]
    return {pair.key: plain(pair.value) for pair in node.pairs}


def read_well(text):
    problems = []
    document = read(text, "spec.yaml", problems)
    assert problems == []
    return document


def refusals(text):
    problems = []
    read(text, "spec.yaml", problems)
    return problems


def place(span):
    return (span.line, span.column, span.end_line, span.end_column)


def sliced(text, span):
    lines = text.split("\n")[span.line - 1 : span.end_line]
    lines[-1] = lines[-1][: span.end_column - 1]
    lines[0] = lines[0][span.column - 1 :]
    return "\n".join(lines)


# values

words = st.text(max_size=8)
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**64) + 1, 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | words.filter(lambda text: "\0" not in text),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(words.filter(lambda text: "\0" not in text), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(words.filter(lambda text: "\0" not in text), json_values, max_size=4))
def test_json_is_read_as_json_reads_it(data):
    text = json.dumps(data)
    assert plain(read_well(text).root) == json.loads(text)


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.text("abc _", min_size=1, max_size=5), json_values, min_size=1, max_size=4))
def test_block_style_has_the_structure_that_pyyaml_composes(data):
    text = yaml.safe_dump(data, allow_unicode=True)

    def texts(node):
        if isinstance(node, yaml.ScalarNode):
            return node.value
        if isinstance(node, yaml.SequenceNode):
            return [texts(item) for item in node.value]
        return {texts(key): texts(value) for key, value in node.value}

    def our_texts(node):
        if isinstance(node, ScalarNode):
            return node.text
        if isinstance(node, ListNode):
            return [our_texts(item) for item in node.items]
        return {pair.key: our_texts(pair.value) for pair in node.pairs}

    node = read_value(text, "spec.yaml", [])
    if isinstance(node, MappingNode):  # keys such as `null` are refused, which other tests see to
        assert our_texts(node) == texts(yaml.compose(text))


def test_the_words_of_yaml_1_1_are_strings_and_a_quoted_number_too():
    assert plain(read_well('on: off\nno: "1e-3"\nlr: 1e-3').root) == {"on": "off", "no": "1e-3", "lr": 0.001}


def test_an_empty_value_is_told_from_null_by_its_text():
    root = read_well("a:\nb: null\nc: ~\nd: ''").root
    assert [(pair.value.value, pair.value.text, pair.value.quoted) for pair in root.pairs] == [
        (None, "", False),
        (None, "null", False),
        (None, "~", False),
        ("", "", True),
    ]


def test_an_alias_yields_the_node_of_its_anchor():
    root = read_well("a: &x {b: 1}\nc: *x").root
    assert root.get("c").value is root.get("a").value


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm():
    document = read_well("\ufeffa: 1\r\nb: 2\r\n")
    assert plain(document.root) == {"a": 1, "b": 2}
    assert place(document.root.get("b").key_span) == (2, 1, 2, 2)


def test_a_character_beyond_u_ffff_may_be_escaped_in_two_halves_as_json_does():
    assert plain(read_well(r'{"a": "\ud83d\ude00"}').root) == {"a": "😀"}


# places


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("a: abc", (1, 4, 1, 7)),
        ("a: 'abc' # x", (1, 4, 1, 9)),
        ("é: ü😀", (1, 4, 1, 6)),
        ("a: &x abc", (1, 7, 1, 10)),
        ("a: &x\n  b: 1", (2, 3, 2, 7)),
        ("a: [1,\n  2 ]  # x", (1, 4, 2, 6)),
        ("a:\n  b: 1\n\n# x\n", (2, 3, 2, 7)),
        ("a:\n- b\n-  c   \n\n", (2, 1, 3, 5)),
        ("a: |\n  x\n  y\n\n\nb: 1", (1, 4, 3, 4)),
        ("a:", (1, 3, 1, 3)),
        ("a: {b: 1}\u2028", (1, 4, 1, 10)),
        ("a: &y [&x c, *x]", (1, 7, 1, 17)),
    ],
)
def test_a_value_spans_exactly_what_was_written(text, span):
    assert place(read_well(text).root.pairs[0].value.span) == span


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.text("abcé", min_size=1, max_size=5), json_values, min_size=1, max_size=4))
def test_the_span_of_every_plain_scalar_cuts_its_text_out_of_the_source(data):
    text = yaml.safe_dump(data, allow_unicode=True, width=10**6)

    def scalars(node):
        if isinstance(node, ScalarNode):
            yield node
        for item in getattr(node, "items", ()):
            yield from scalars(item)
        for pair in getattr(node, "pairs", ()):
            yield from scalars(pair.value)

    document = read(text, "spec.yaml", [])
    for node in scalars(document.root) if document else ():
        if not node.quoted and text.isascii():
            assert sliced(text, node.span) == node.text


def test_lines_are_counted_as_the_scanner_counts_them():
    text = 'a: "x\u2028y"\nb: 1'
    span = read_well(text).root.get("b").key_span
    assert text.splitlines()[span.line - 1] == "b: 1"


# refusals: one message for each way in which a text is no spec

REFUSED = {
    "": problems_of.EmptyText,
    "---\n": problems_of.EmptyText,
    "\n \n": problems_of.EmptyText,
    "# a\n": problems_of.OnlyComments,
    "- a": problems_of.TopLevelList,
    "null": problems_of.TopLevelScalar,
    "''": problems_of.TopLevelScalar,
    "a b": problems_of.TopLevelScalar,
    "recipe:1": yaml_forms.MissingSpace,
    "--- {a: 1}\n--- {a: 2}": problems_of.SecondDocument,
    "a: 1\n...\nb: 2": problems_of.SecondDocument,
    "a: 1\na: 2": yaml_forms.DuplicateKey,
    "a: {b: 1, b: 2}": yaml_forms.DuplicateKey,
    "1: a": yaml_forms.NonStringKey,
    "true: a": yaml_forms.NonStringKey,
    "1.0: a": yaml_forms.NonStringKey,
    "~: a": yaml_forms.NonStringKey,
    "?\n: a": yaml_forms.NonStringKey,
    "? [a]\n: b": yaml_forms.ComplexKey,
    "{{a: 1}: b}": yaml_forms.ComplexKey,
    "b: &b {x: 1}\na:\n  <<: *b": yaml_forms.MergeKey,
    "a: !!python/object/apply:os.system [touch canary]": yaml_forms.TagWritten,
    "a: !foo 1": yaml_forms.TagWritten,
    "a: !!binary aGk=": yaml_forms.TagWritten,
    "a: !!set {b}": yaml_forms.TagWritten,
    "a: !!timestamp 2024-01-01": yaml_forms.TagWritten,
    "a: &x !<x> 1": yaml_forms.TagWritten,
    "a: !y!x 1": yaml_forms.TagWritten,
    "a: &x [*x]": yaml_forms.CyclicAlias,
    "&x a: {b: &y {c: *y}}": yaml_forms.CyclicAlias,
    "a: *x": yaml_forms.UnknownAlias,
    "a: 1e400": yaml_forms.NumberOutOfRange,
    "a: " + "9" * 5000: yaml_forms.NumberOutOfRange,
    "a: \0": problems_of.ControlCharacter,
    'a: "\\0"': problems_of.ControlCharacter,
    'a: "\\ud800"': problems_of.ControlCharacter,
    "a: \x1b[31m": problems_of.ControlCharacter,
    "a: \ud800": problems_of.ControlCharacter,
    "%YAML 1.1\n---\na: 1": yaml_forms.Directive,
    "%TAG ! x\n---\na: 1": yaml_forms.Directive,
    "a: {Dense:10}": yaml_forms.MissingSpace,
    "a: {Dense:10, b: 1}": yaml_forms.MissingSpace,
    "a: b\n" * 2 + "#" * 300_000: problems_of.TooLarge,
    "a: [" + "é" * 200_000 + "]": problems_of.TooLarge,
    "a: " + "[" * 1500: problems_of.TooDeep,
    "- " * 100_000: problems_of.TooDeep,
    "{a: " * 50_000: problems_of.TooDeep,
    "a: [" + "1, " * 20_000 + "]": problems_of.TooManyNodes,
}


@pytest.mark.parametrize(("text", "expected"), REFUSED.items(), ids=[repr(text[:20]) for text in REFUSED])
def test_each_hazard_of_yaml_has_its_own_problem(text, expected):
    assert [type(problem) for problem in refusals(text)] == [expected]


def test_a_duplicate_key_shows_both_places():
    (problem,) = refusals("a: 1\nb: 2\na: 3")
    assert place(problem.span) == (3, 1, 3, 2)
    assert [place(label.span) for label in problem.further] == [(1, 1, 1, 2)]


def test_all_duplicates_and_tags_are_told_in_one_run_and_the_rest_is_read():
    problems = []
    document = read("a: 1\na: 2\nb: {c: 1, c: 2}\nd: !t 1", "spec.yaml", problems)
    assert [problem.code for problem in problems] == ["R117", "R117", "R118"]
    assert plain(document.root) == {"a": 1, "b": {"c": 1}, "d": 1}


def test_a_tag_is_pointed_at_behind_its_anchor():
    (problem,) = refusals("a: &x !foo 1")
    assert (problem.tag, place(problem.span)) == ("!foo", (1, 7, 1, 11))


def test_an_unknown_alias_is_told_to_be_quoted_or_corrected():
    assert '"*bias"' in refusals("match: *bias")[0].help
    assert refusals("a: &base 1\nb: *bas")[0].label == "did you mean `*base`?"


def test_reading_ends_after_100_problems_and_says_so():
    problems = refusals("a: 1\n" * 5_000)
    assert [problem.code for problem in problems] == ["R117"] * 100 + ["R125"]


def test_an_inserted_value_counts_as_if_it_were_written_out():
    laughs = "a0: &a0 [x]\n" + "".join(
        f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 9)
    )
    assert [type(problem) for problem in refusals(laughs)] == [yaml_forms.AliasExpansion]
    long_text = 'a: &a "' + "x" * 1000 + '"\nb: [' + "*a, " * 300 + "]"
    assert [type(problem) for problem in refusals(long_text)] == [yaml_forms.AliasExpansion]


def test_aliases_cannot_make_a_text_deeper_than_it_may_be_written():
    half = "[" * 40
    text = f"a: &a {half}1{']' * 40}\nb: {half}*a{']' * 40}"
    assert [type(problem) for problem in refusals(text)] == [problems_of.TooDeep]


def test_64_levels_are_read_and_65_are_not():
    assert read_well("a: " + "[" * 63 + "]" * 63)
    assert [type(problem) for problem in refusals("a: " + "[" * 64 + "]" * 64)] == [problems_of.TooDeep]


def test_20000_keys_and_values_are_read_and_one_more_is_not():
    assert read_well("a: [" + "1, " * 19_997 + "]")
    assert refusals("a: [" + "1, " * 19_998 + "]")[0].code == "R112"


HOSTILE = {
    "open brackets": "[" * 262_144,
    "brackets in brackets": "a: [" + ("[" * 60 + "]" * 60 + ",") * 333 + "]",
    "comments": "#\n" * 131_072,
    "blanks": " " * 262_144,
    "one long word": "a: " + "x " * 131_000,
    "one long quote": 'a: "' + "\n" * 262_000 + '"',
    "empty quotes": "a: '" + "''" * 131_000 + "'",
    "literal lines": "a: |\n" + " x\n" * 87_000,
    "aliases of aliases": "a0: &a0 [1]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}]\n" for i in range(1, 3000)),
    "unknown aliases": "a: [" + "".join(f"&a{i} 1, *b{i}, " for i in range(9000)) + "]",
    "duplicates": "a: 1\n" * 10_000,
    "long numbers": "a: [" + ("9" * 390 + ", ") * 600 + "]",
    "unquoted expressions": "a: {b: " + "${" * 100_000,
    "dashes before an error": "a: x\n  " + "- " * 100_000 + "\n  b: c",
    "blanks before an error": "a: x" + " " * 200_000 + "y\n b: c",
    "directives": "%X y\n" * 52_000,
    "too large": "a: " + "b" * 5_000_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_no_text_takes_long_to_read(text):
    def told():
        problems = refusals(text)
        return [(problem.message, problem.label, problem.help, problem.further) for problem in problems]

    assert least_seconds(told, 2.0) < 2.0  # a quarter of it on an idle machine
    assert all(len(message) < 1_000 for message, *_ in told())


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from("ab:-*&!{}[],'\"\\#|>%@`?~ \t\n01$<\0\ufeff\u2028"), max_size=40))
def test_any_text_ends_in_a_document_or_in_problems_with_places_inside_it(text):
    problems = []
    document = read(text, "spec.yaml", problems)
    assert (document is None) <= bool(problems)
    num_lines = len(text.splitlines()) + 1
    for problem in problems:
        assert problem.message
        assert 1 <= problem.span.line <= num_lines
        assert (problem.span.line, problem.span.column) <= (problem.span.end_line, problem.span.end_column)


def test_an_ordinary_spec_is_read_in_milliseconds():
    text = "".join(
        f"section_{i}: {{Dense: {{units: {i}, activation: relu}}}}  # comment\n" for i in range(60)
    )
    assert least_seconds(lambda: read_well(text), 0.1) < 0.1
