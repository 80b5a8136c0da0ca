"""What makes each problem appear: its own wrong example in a small spec, small files, or typical facts."""

from collections.abc import Iterator
from pathlib import Path

from recipe import api
from recipe.diagnostics.codes import classes_by_code
from recipe.diagnostics.problems import Problem, RecipeError, Texts
from recipe.diagnostics.rendering import render_text
from tests.goldens.constructed import CONSTRUCTED, SOURCE, SPEC
from tests.goldens.data_cases import CASES
from tests.lint import programs
from tests.lint.test_rules import BY_CODE, facts_of

WIDTH = 100

# Texts in place of a wrong example, where that example alone does not do or says too little.
TEXTS = {
    "R107": "",
}
# Words of `--set` on the shipped spec of digits.
OVERRIDES = {
    "R180": "training.epochs",
    "R181": "training..epochs=5",
    "R182": "architecture.0=Flatten",
    "R183": "training.epochs=",
    "R221": "extends=xor",
}
EXTENDING = {
    "R217": {"mine.yaml": "extends: base.yaml\n", "base.yaml": "extends: mine.yaml\n"},
    "R222": {f"{number}.yaml": f"extends: {number + 1}.yaml\n" for number in range(80)},
}


def said(code: str) -> str:
    """What a user reads when the problem of a code appears; run in an empty folder.

    Raises:
        LookupError: nothing here makes it appear.
    """
    for found, texts in _appearances(code):
        problem = next((one for one in found if one.code == code), None)
        if problem is not None:
            return render_text([problem], texts, colour=False, width=WIDTH)
    raise LookupError(f"nothing in tests/goldens makes {code} appear")


def _appearances(code: str) -> Iterator[tuple[tuple[Problem, ...], Texts]]:
    """Real checks first, facts by hand last."""
    if code in BY_CODE:
        yield _linted(code)
    elif code in CASES:
        for name, content in CASES[code].files.items():
            Path(name).parent.mkdir(parents=True, exist_ok=True)
            Path(name).write_bytes(content)
        yield _prepared(programs.spec(CASES[code].sections))
    elif code in OVERRIDES:
        yield _checked(programs.SKELETON, OVERRIDES[code])
    elif code in EXTENDING:
        for name, text in EXTENDING[code].items():
            Path(name).write_text(text, encoding="utf-8")
        yield _found(api.check(next(iter(EXTENDING[code]))))
    elif code in TEXTS:
        yield _checked(TEXTS[code])
    elif example := classes_by_code()[code].bad:
        if code >= "R150":
            yield _checked(programs.spec(example))
            yield _prepared(programs.spec(example))
        yield _checked(example)
    yield tuple(one for one in CONSTRUCTED if one.code == code), Texts({SOURCE: SPEC})


def _checked(text: str, *overrides: str) -> tuple[tuple[Problem, ...], Texts]:
    return _found(api.check(SOURCE, overrides, text=text))


def _found(checked: api.Checked) -> tuple[tuple[Problem, ...], Texts]:
    return checked.problems, checked.texts


def _prepared(text: str) -> tuple[tuple[Problem, ...], Texts]:
    texts = Texts({SOURCE: text})
    try:
        spec = api.load(SOURCE, text=text)
        return (*spec.warnings, *api.prepare(spec).warnings), texts
    except RecipeError as refused:
        return refused.problems, texts


def _linted(code: str) -> tuple[tuple[Problem, ...], Texts]:
    example = BY_CODE[code].problem.bad
    facts, _ = facts_of(code)
    return tuple(programs.found(example, code, facts)), Texts({"example.yaml": programs.spec(example)})
