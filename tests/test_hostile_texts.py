"""Whatever a spec is made of, `recipe.check` ends soon, with problems or none, and touches nothing."""

import random
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recipe.api import check
from recipe.diagnostics.rendering import render_concise, render_text
from recipe.program.shipped import SPECS
from tests.speeds import slowness
from tests.walls import behind_walls

CORPUS = Path(__file__).parent / "language" / "corpus"
MAX_SECONDS = 1.0  # of the processor, at the speed of `tests.speeds`
LONGEST_MESSAGE = 2_000  # characters; a path through 64 levels has most of them

START = """\
recipe: 1
data: {source: {bundled: digits}, split: {validation: 10%}}
optimizer: Adam
training: {epochs: 3}
"""


def spec(*layers, more=""):
    """A spec whose architecture has some layers, with more lines below."""
    return f"{START}architecture: [{', '.join(layers or ('head',))}]\n{more}\n"


def many(item, number):
    """`item` many times, `#` its number."""
    return tuple(item.replace("#", str(index)) for index in range(number))


def mapping(key, item, number):
    """A section with `item` many times in braces."""
    return f"{key}: {{{', '.join(many(item, number))}}}"


def listing(key, item, number):
    """A section with `item` many times in brackets."""
    return f"{key}: [{', '.join(many(item, number))}]"


HOSTILE = {
    "layers": spec(*many("{Dense: 3}", 6_600)),
    "layers without arguments": spec(*many("ReLU", 19_900)),
    "layers with names": spec(*many("{Dense: 3, as: dense_#}", 2_900), *many("{Dense: 3}", 1_400)),
    "one name for all layers": spec(*many("{Dense: 3, as: a}", 3_900)),
    "unknown layers": spec(*many("Densse#", 15_000)),
    "unknown words": spec(*many("densse#", 15_000)),
    "unknown inputs": spec(*many("{Dense: 3, as: a#, from: b#}", 2_800)),
    "unknown arguments": spec("{" + mapping("Dense", "unitz#: 3", 9_900) + "}"),
    "unknown keys": spec(more="\n".join(many("architektur#: 3", 9_900))),
    "unknown metrics": spec(more=listing("metrics", "acuracy#", 15_000)),
    "equal metrics": spec(more=listing("metrics", "accuracy", 15_000)),
    "unused variables": spec(more=mapping("vars", "a#: 3", 9_900)),
    "unknown variables": spec(*many("$b#", 9_000), more=mapping("vars", "a#: 3", 5_000)),
    "expressions": spec(*many('{Dense: "${a * 2 + 1}"}', 4_900), more="vars: {a: 1}"),
    "deep expressions": spec(
        *many('{Dense: "${' + "(" * 20 + "a" + ")" * 20 + '}"}', 3_900), more="vars: {a: 1}"
    ),
    "brackets in an expression": spec('{Dense: "${' + "(" * 60_000 + "1" + ")" * 60_000 + '}"}'),
    "signs in an expression": spec('{Dense: "${' + "-" * 200_000 + '1}"}'),
    "powers": spec('{Dense: "${9 ** 9 ** 9 ** 9 ** 9}"}'),
    "doubled lists": spec(more="vars:\n  a0: [1]\n" + "".join(many("  b#: '${a0 + a0}'\n", 3_000))),
    "a chain of variables": spec(
        more="vars:\n  a0: [1]\n" + "".join(f"  a{i + 1}: '${{a{i} + a{i}}}'\n" for i in range(3_000))
    ),
    "turns": spec('{repeat: {times: 9999, layers: [{Dense: "${index + 1}"}]}}'),
    "turns in turns": spec("{repeat: {times: 2, layers: [" * 14 + "ReLU" + "]}}" * 14),
    "turns whose blocks are too many": spec(
        "{repeat: {each: {u: [" + ", ".join(map(str, range(1, 9_000))) + "]}, layers: [{feed_forward: $u}]}}"
    ),
    "blocks": spec(
        *many("b#", 3_000), more="blocks: {" + ", ".join(many("b#: {layers: [ReLU]}", 3_000)) + "}"
    ),
    "blocks in blocks": spec(
        "b0",
        more="blocks:\n"
        + "".join(f"  b{i}: {{layers: [b{i + 1}]}}\n" for i in range(2_000))
        + "  b2000: {layers: [ReLU]}\n",
    ),
    "blocks that differ": spec("{repeat: {times: 500, layers: [{transformer: {width: $index, heads: 2}}]}}"),
    "a block used again and again": spec(
        "{b: {}, as: a}",
        *many("{reuse: a}", 3_000),
        more=f"blocks: {{b: {{{listing('layers', 'ReLU', 1_000)}}}}}",
    ),
    "uses that double": spec(
        "{Dense: 4, as: r0}",
        *(f"{{residual: [{{reuse: r{i}}}, {{reuse: r{i}}}], as: r{i + 1}}}" for i in range(30)),
    ),
    "residuals in residuals": spec("{residual: [" * 28 + "{Dense: 3}" + "]}" * 28),
    "branches": spec("{parallel: {" + listing("branches", "[ReLU]", 5_000) + "}}"),
    "unknown tensors": spec("{MultiHeadAttention: , from: {" + ", ".join(many("q#: input", 9_000)) + "}}"),
    "edits of nothing": "extends: gpt\narchitecture: {edit: {" + ", ".join(many("a#: ReLU", 4_000)) + "}}",
    "patterns": spec(
        *many("{Dense: 3}", 3_000), more="init: {" + mapping("match", '"*#*": Zeros', 3_000) + "}"
    ),
    "stars": spec(*many("{Dense: 3}", 2_000), more='init: {match: {"' + "*a" * 500 + '": Zeros}}'),
    "wrong values": spec(*many("{Conv2D: {filters: [1], kernel_size: x, strides: []}}", 1_900)),
    "layers in layers": spec("{TimeDistributed: " * 60 + "{Dense: 1}" + "}" * 60),
    "recurrent layers in layers": spec("{Bidirectional: " * 60 + "LSTM" + "}" * 60),
    "templates": listing("extends", "digits-mlp", 15_000),
    "unknown templates": listing("extends", "digits-mpl#", 12_000),
    "columns": spec().replace("split:", listing("ignore", "c#", 19_000) + ", split:"),
    "callbacks": spec().replace("epochs: 3", "epochs: 3, " + listing("callbacks", "TerminateOnNaN", 14_000)),
    "one long name": spec("x" * 250_000),
    "one long name in lines": START + "architecture:\n  - " + "x" * 250_000,
    "one long key": spec("? " + "x" * 250_000 + "\n: 1"),
    "one long pattern": spec("{Dense: 3}", more='init: {match: {? "' + "x" * 200_000 + '" : Zeros}}'),
    "one long target": spec("{head: " + "x" * 250_000 + "}"),
    "one long input": spec("{Dense: 3, from: " + "x" * 250_000 + "}"),
    "one long output": spec("{Dense: 3, as: " + "x" * 250_000 + "}", "{Dense: 3, as: " + "x" * 9_000 + "}"),
    "one long metric": spec(more="monitor: {best: " + "x" * 250_000 + "}"),
    "one long variable": spec("$" + "x" * 250_000),
    "one long path": spec().replace("{bundled: digits}", "{csv: {path: " + "x" * 250_000 + "}}"),
    "one long template": "extends: " + "x" * 250_000 + ".yaml",
    "one long line of errors": spec(*many("x" * 200, 1_200)),
    "one long number": spec().replace("epochs: 3", "epochs: " + "9" * 250_000),
    "one long duration": spec().replace("epochs: 3", "epochs: " + "9" * 399 + " epochs"),
    "wide characters": spec("字" * 80_000),
}


def told(text):
    """The codes that `check` finds; the words of every problem are made on the way."""
    start = time.process_time()
    checked = check("spec.yaml", text=text)
    words = render_text(checked.problems, checked.texts, colour=False, width=80)
    lines = render_concise(checked.problems, checked.texts).splitlines()
    seconds = time.process_time() - start
    assert seconds < MAX_SECONDS or seconds / slowness() < MAX_SECONDS
    assert len(lines) == len(checked.problems)
    assert bool(words) == bool(checked.problems)
    for problem in checked.problems:
        assert 0 < len(problem.message) <= LONGEST_MESSAGE
    if checked.program is None:
        assert checked.problems
    return [problem.code for problem in checked.problems]


# in this process: every text that Hypothesis can think of

PIECES = st.sampled_from(
    """
    recipe: name: data: source: bundled: digits architecture: Dense Conv2D head Flatten units: optimizer: Adam
    training: epochs: vars: extends: init: match: metrics: loss: regularization: dropout: as: from: when:
    call: auto off null true 1 -1 0 1e-3 1e400 10% 5 epochs $x ${x} "${data.classes}" ${1/0} .nan .inf ~ << *a
    &a !t !!str --- ... %YAML | > - ? : , # [ ] { } ' " \\ @ ` * & ! = ../../x /etc/passwd http://x Lambda
    os.system Bidirectional repeat: times: each: layers: residual: body: parallel: branches: reuse: op:
    blocks: inputs: outputs: edit: shortcut: project merge: transformer conv_bn required index $index LSTM
    """.split()
)
SPACES = st.sampled_from(
    ["", " ", " ", " ", "\n", "\n", "\n  ", "\n    ", "\n- ", "\t", "\r\n", "\u2028", "\0"]
)
YAMLISH = st.lists(st.tuples(PIECES, SPACES), max_size=40).map(lambda pairs: "".join(map("".join, pairs)))
WHOLE = tuple(path.read_text(encoding="utf-8") for path in sorted(SPECS.glob("*.yaml")))
ARCHITECTURES = tuple(
    START + path.read_text(encoding="utf-8").replace("recipe: 1\n", "")
    for path in sorted(SPECS.glob("architectures/*.yaml"))
)
SHIPPED = WHOLE + ARCHITECTURES
HOSTILE_WORDS = (
    *"""
    [] {} null ~ -1 0 1e400 99999999999999999999 .nan 'x' [1,[2,{a: 3}]] {Dense: 1} Dense $x "${x" *a &a !t
    "${data.classes}" auto required 10% x0.1 {layers:[]} true ../x 字 head {edit:{}} Lambda a:b - \\ ' " # `
    """.split(),
    *("off", "5 epochs", "a: b: c", "- - ", "\u200d", "&a 1", "{Dense: 1}"),
)


@st.composite
def mutations(draw):
    """A shipped spec after some accidents."""
    lines = draw(st.sampled_from(SHIPPED)).splitlines()
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, max(0, len(lines) - 1)))
        lines = accident(lines, place, draw(st.randoms(use_true_random=False)))
    return "\n".join(lines)


def accident(lines, place, chance):
    """Lines of which one was lost, doubled, moved, indented, cut, or has another word in it."""
    if not lines:
        return ["recipe: 1"]
    line = lines[place]
    words = line.replace("{", "{ ").replace("}", " }").split(" ")
    words[chance.randrange(len(words))] = chance.choice(HOSTILE_WORDS)
    colon = line.find(":")
    instead = chance.choice(
        (
            [],
            [line, line],
            ["  " + line],
            [line[2:]],
            [line[: chance.randint(0, len(line))]],
            [" ".join(words)],
            [line[: colon + 1] + " " + chance.choice(HOSTILE_WORDS)],
            [line.replace(":", chance.choice(("", " :", "::", "=")), 1)],
            [line.swapcase()],
            [line, lines[chance.randrange(len(lines))]],
        )
    )
    return [*lines[:place], *instead, *lines[place + 1 :]]


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60))
def test_any_text_ends_in_problems_or_none(text):
    told(text)


@settings(max_examples=200, deadline=None)
@given(YAMLISH)
def test_any_words_of_yaml_end_in_problems_or_none(text):
    told(text)


@settings(max_examples=200, deadline=None)
@given(YAMLISH)
def test_any_words_below_a_right_spec_end_in_problems_or_none(text):
    told(START + text)


@settings(max_examples=300, deadline=None)
@given(mutations())
def test_a_shipped_spec_after_accidents_ends_in_problems_or_none(text):
    told(text)


@pytest.mark.slow
@settings(max_examples=20_000, deadline=None)
@given(mutations() | YAMLISH.map(START.__add__) | YAMLISH | st.text(max_size=200))
def test_a_long_search_finds_no_text_that_breaks_a_check(text):
    told(text)


# in a process of its own: 200 MB, no file that is written, every door watched


def answered(cases, folder):
    """What a process behind walls answers; a slow case is asked twice more, and its fastest answer counts.

    A busy machine makes a time longer, never shorter.
    """
    answers = behind_walls(cases, folder)
    for index, answer in enumerate(answers):
        if answer["seconds"] > MAX_SECONDS:
            again = [behind_walls([cases[index]], folder)[0] for _ in range(2)]
            answers[index] = min((answer, *again), key=lambda one: one["seconds"])
    return answers


def seen(answers):
    """What went through a wall, by case."""
    crashed = {name: answer["crash"] for name, answer in answers.items() if "crash" in answer}
    slow = {name: answer["seconds"] for name, answer in answers.items() if answer["seconds"] > MAX_SECONDS}
    doors = {name: answer["doors"] for name, answer in answers.items() if answer["doors"]}
    long = [
        name
        for name, answer in answers.items()
        if any(len(one) > LONGEST_MESSAGE for one in answer.get("messages", ()))
    ]
    return {"crashed": crashed, "slow": slow, "doors": doors, "long": long}


NOTHING = {"crashed": {}, "slow": {}, "doors": {}, "long": []}


def test_no_text_within_the_limits_takes_long_or_much_or_opens_a_door(tmp_path):
    answers = answered([{"text": text} for text in HOSTILE.values()], tmp_path)
    assert seen(dict(zip(HOSTILE, answers, strict=True))) == NOTHING


def test_the_corpus_is_read_behind_the_walls(tmp_path):
    found = sorted(CORPUS.iterdir())
    for path in found:
        (tmp_path / path.name).write_bytes(path.read_bytes())
    answers = answered([{"path": path.name} for path in found], tmp_path)
    assert seen({path.name: answer for path, answer in zip(found, answers, strict=True)}) == NOTHING
    assert len(found) >= 38


def test_random_bytes_and_broken_specs_are_read_behind_the_walls(tmp_path):
    chance = random.Random(20)
    cases = []
    for number in range(150):
        lines = chance.choice(SHIPPED).splitlines()
        for _ in range(3):
            lines = accident(lines, chance.randrange(max(1, len(lines))), chance)
        data = bytearray("\n".join(lines).encode())
        for _ in range(number % 4):
            data[chance.randrange(len(data))] = chance.randrange(256)
        (tmp_path / f"{number}.yaml").write_bytes(data)
        (tmp_path / f"{number}.bin").write_bytes(chance.randbytes(chance.choice((1, 50, 5_000, 300_000))))
        cases += [{"path": f"{number}.yaml"}, {"path": f"{number}.bin"}]
    answers = answered(cases, tmp_path)
    assert seen({case["path"]: answer for case, answer in zip(cases, answers, strict=True)}) == NOTHING
    assert all(
        answer["codes"] for case, answer in zip(cases, answers, strict=True) if case["path"].endswith("bin")
    )
